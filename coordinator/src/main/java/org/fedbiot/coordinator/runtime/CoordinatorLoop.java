package org.fedbiot.coordinator.runtime;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.fedbiot.coordinator.ClientSignatures;
import org.fedbiot.coordinator.ClientSignatures.Finding;
import org.fedbiot.coordinator.Coordinator;
import org.fedbiot.coordinator.CoordinatorState;
import org.fedbiot.coordinator.Input;
import org.fedbiot.coordinator.UnusableInputException;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCheck;
import org.fedbiot.schemas.event.DeadLetter;
import org.fedbiot.schemas.event.DeadlineReached;
import org.fedbiot.schemas.event.ProcessStarted;
import org.fedbiot.schemas.topic.Role;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.RegistryException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for its turn, takes over, reads the log, then decides upon inputs until told to stop. Lives in one thread. */
final class CoordinatorLoop {

    private static final Logger LOGGER = LoggerFactory.getLogger(CoordinatorLoop.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long REGISTRY_RETRY_MILLIS = 1_000;

    private final KafkaSettings settings;
    private final Clock clock;
    private final CountDownLatch stop;
    private final CoordinatorMeters meters;

    private volatile Standing standing = Standing.STARTING;
    private CoordinatorState state = CoordinatorState.initial();

    /**
     * @param stop counted down to end the loop between two transactions
     */
    CoordinatorLoop(KafkaSettings settings, Clock clock, CountDownLatch stop, MeterRegistry registry) {
        this.settings = settings;
        this.clock = clock;
        this.stop = stop;
        this.meters = new CoordinatorMeters(registry, clock);
    }

    /** To be asked from any thread. */
    Standing standing() {
        return standing;
    }

    void run() throws InterruptedException {
        TopicCheck.verify(settings, Role.COORDINATOR);
        try (CoordinatorLease lease = new CoordinatorLease(settings)) {
            if (lease.await(stop, () -> stand(Standing.STANDING_BY))) {
                stand(Standing.READING);
                decide(lease);
            }
        } finally {
            stand(Standing.ENDED);
        }
    }

    private void stand(Standing now) {
        standing = now;
        meters.standing(now);
    }

    private void decide(CoordinatorLease lease) throws InterruptedException {
        try (DecisionWriter writer = new DecisionWriter(settings);
                InputReader reader = new InputReader(settings);
                InputEnds ends = new InputEnds(settings);
                KafkaClientMetrics written = writer.metrics();
                KafkaClientMetrics consumed = reader.metrics()) {
            written.bindTo(meters.registry());
            consumed.bindTo(meters.registry());
            writer.takeOver();
            DecisionLog log = DecisionLog.read(settings);
            state = log.state();
            reader.start(log.decided());
            meters.begin(state);
            ProcessStarted started = started();
            writer.announce(started);
            LOGGER.atInfo().addKeyValue("version", started.getVersion()).addKeyValue("device", started.getDevice())
                    .addKeyValue("threads", started.getThreads()).addKeyValue("topics", InputReader.topics())
                    .addKeyValue("groups", List.of(CoordinatorProcess.NAME, CoordinatorProcess.LEASE_GROUP))
                    .addKeyValue("events", log.events()).addKeyValue("runs", state.runs().size())
                    .log("coordinator is up");
            stand(Standing.DECIDING);
            DeadlineWatch watch = new DeadlineWatch(clock, ends);
            while (stop.getCount() > 0) {
                lease.keep();
                step(writer, reader, ends, watch);
            }
        }
    }

    private void step(DecisionWriter writer, InputReader reader, InputEnds ends, DeadlineWatch watch)
            throws InterruptedException {
        InputReader.Batch batch;
        try {
            batch = reader.poll(POLL);
        } catch (RegistryException e) {
            LOGGER.atWarn().addKeyValue("error", e.getMessage()).log("the schema registry does not answer; will retry");
            stop.await(REGISTRY_RETRY_MILLIS, TimeUnit.MILLISECONDS);
            return;
        }
        CoordinatorState before = state;
        List<Decision> decisions = new ArrayList<>();
        List<DeadLetter> deadLetters = new ArrayList<>(batch.undecodable().stream().toList());
        // A command may register the key that another record of the batch is signed with.
        batch.records(Topics.COMMAND::equals)
                .forEach(record -> decide(record, Finding.GENUINE, decisions, deadLetters));
        Optional<Boolean> behind = Optional.empty();
        for (ConsumerRecord<String, SpecificRecord> record : batch.records(topic -> topic != Topics.COMMAND)) {
            if (reader.isPutOff(record)) {
                continue;
            }
            Finding author = author(record);
            if (author == Finding.UNKNOWN_KEY && behind.isEmpty()) {
                behind = Optional.of(reader.isBehindCommands(ends.get()));
            }
            if (author == Finding.UNKNOWN_KEY && behind.get()) {
                reader.putOff(record);
            } else {
                decide(record, author, decisions, deadLetters);
            }
        }
        Map<TopicPartition, OffsetAndMetadata> positions = reader.positions();
        for (DeadlineReached deadline : watch.due(state, positions)) {
            decide(deadline, Optional.empty(), decisions);
        }
        // Inputs that decided nothing would decide nothing again: their offsets may wait for the next decision.
        if (!decisions.isEmpty() || !deadLetters.isEmpty()) {
            writer.commit(decisions, deadLetters, positions, reader.group());
            committed(before, decisions);
            deadLetters.forEach(this::report);
        }
    }

    private Finding author(ConsumerRecord<String, SpecificRecord> record) {
        return record.value() == null ? Finding.GENUINE : ClientSignatures.of(state, record.value());
    }

    private void committed(CoordinatorState start, List<Decision> decisions) {
        CoordinatorState before = start;
        for (Decision decision : decisions) {
            DecisionReport.log(LOGGER, before, decision.event());
            meters.decided(before, decision.event());
            before = Coordinator.apply(before, decision.event());
        }
        meters.show(before);
    }

    private void report(DeadLetter letter) {
        meters.deadLetter(letter);
        LOGGER.atWarn().addKeyValue("topic", letter.getOriginTopic())
                .addKeyValue("partition", letter.getOriginPartition())
                .addKeyValue("offset", letter.getOriginOffset())
                .addKeyValue("reason", letter.getReason()).log("input went to the dead letters");
    }

    private void decide(ConsumerRecord<String, SpecificRecord> record, Finding author, List<Decision> decisions,
            List<DeadLetter> deadLetters) {
        if (record.value() == null) {
            deadLetters.add(DeadLetters.unusable(record, "a record without a value"));
            return;
        }
        if (author != Finding.GENUINE) {
            deadLetters.add(DeadLetters.unusable(record, "BAD_SIGNATURE: " + record.value().getSchema().getName()
                    + (author == Finding.FORGED ? " is not by the key that it names"
                            : " names a key that is not its client's")));
            return;
        }
        meters.heard(record.value());
        try {
            decide(record.value(), Optional.of(Origin.of(record)), decisions);
        } catch (UnusableInputException e) {
            deadLetters.add(DeadLetters.unusable(record, e.getMessage()));
        }
    }

    /**
     * Deadlines count from the decision, not from the input's own timestamp: that one is its writer's, and after an
     * outage it would open rounds that are already over.
     */
    private void decide(SpecificRecord event, Optional<Origin> origin, List<Decision> decisions) {
        for (SpecificRecord decision : Coordinator.decide(state, new Input(event, clock.millis()))) {
            state = Coordinator.apply(state, decision);
            decisions.add(new Decision(decision, origin));
        }
    }

    private static ProcessStarted started() {
        String version = CoordinatorLoop.class.getPackage().getImplementationVersion();
        return new ProcessStarted(CoordinatorProcess.NAME, "coordinator", version == null ? "development" : version,
                "cpu", 1);
    }
}
