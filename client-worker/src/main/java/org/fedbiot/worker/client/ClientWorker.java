package org.fedbiot.worker.client;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.fedbiot.learning.check.DeviceCheck;
import org.fedbiot.learning.method.NonFiniteLossException;
import org.fedbiot.learning.torch.ComputeDevice;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.ClientFailed;
import org.fedbiot.schemas.event.ClientJoined;
import org.fedbiot.schemas.event.ClientLeaving;
import org.fedbiot.schemas.event.EvaluationOpened;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventHeaders;
import org.fedbiot.worker.version.PayloadMissingException;
import org.fedbiot.worker.ClosedDuringWorkException;
import org.fedbiot.worker.ComputeGate;
import org.fedbiot.worker.FailureListener;
import org.fedbiot.worker.InHand;
import org.fedbiot.worker.LeasedConsumer;
import org.fedbiot.worker.LeasedWork;
import org.fedbiot.worker.OneLine;
import org.fedbiot.worker.WorkMeters;
import org.fedbiot.worker.UnusableRecords;
import org.fedbiot.worker.version.FactorVersions;
import org.fedbiot.worker.version.VersionCatalog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An owner of private text as a process: says that it is there, follows the announcements, does each round that calls
 * it, and scores when asked. Several may live in one process; they share base weights and cores, nothing else.
 */
public final class ClientWorker implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(ClientWorker.class);
    /** In place of a round, for a failure in the evaluation. */
    private static final int EVALUATION = 0;

    private final ClientConfig config;
    private final ComputeDevice device;
    private final ComputeGate gate;
    private final SignedEvents signed;
    private final EventProducer producer;
    private final WorkMeters meters;
    private final VersionCatalog catalog;
    private final FactorVersions versions;
    private final ClientModels models;
    private final RoundTraining training;
    private final OwnEvaluation evaluation;
    private final InHand calls = new InHand(new Calls());
    private final LeasedConsumer announcements;
    private boolean joined;
    private volatile boolean stopped;
    private volatile boolean closed;

    /** One that nobody measures. */
    public ClientWorker(KafkaSettings settings, ClientConfig config, ComputeGate gate, SharedBases shared,
            FailureListener listener) {
        this(settings, config, gate, shared, listener, WorkMeters.ofClients(WorkMeters.nobody(), gate));
    }

    /**
     * Connects; nothing is said or read before {@link #start}.
     *
     * @param gate over the cores of this process
     * @param shared base weights of this process, on the device that it computes on
     * @param listener told if the worker stops because it cannot go on
     * @param meters of this process
     */
    public ClientWorker(KafkaSettings settings, ClientConfig config, ComputeGate gate, SharedBases shared,
            FailureListener listener, WorkMeters meters) {
        this.config = Objects.requireNonNull(config, "config");
        this.device = shared.device();
        String process = "client-" + config.clientId();
        this.signed = new SignedEvents(config.key());
        this.gate = gate;
        this.meters = Objects.requireNonNull(meters, "meters");
        this.producer = new EventProducer(settings, process, meters.registry());
        UnusableRecords unusable = UnusableRecords.logged(process);
        this.catalog = new VersionCatalog(settings, process + "-manifests", unusable);
        this.versions = new FactorVersions(settings, process, catalog);
        this.models = new ClientModels(settings, process, config.cacheDirectory(), catalog, shared);
        ClientText text = new ClientText(config.data());
        this.training = new RoundTraining(config, producer, models, versions, text, gate, meters);
        this.evaluation = new OwnEvaluation(config, producer, models, versions, text, gate, meters);
        this.announcements = new LeasedConsumer(process,
                settings.consumer(process + "-announcements", Optional.of(group())),
                Topics.ROUND_ANNOUNCE.name(), calls, unusable, (name, cause) -> {
                    stopped = true;
                    listener.failed(name, cause);
                }, meters.registry());
    }

    /**
     * Says that the client is there, and starts to follow the announcements.
     *
     * @throws KafkaException if the broker refuses
     * @throws org.fedbiot.learning.BadInputException if the device is not there, or does not compute what the CPU does
     */
    public void start() {
        new DeviceCheck().require(device);
        LOGGER.info("{}: computes on {}", config.clientId(), device);
        producer.send(Topics.CLIENT_PRESENCE, config.clientId(), signed.sign(ClientJoined.newBuilder()
                .setClientId(config.clientId()).setDatasetSamples(config.data().training().size())
                .setHeldOutSamples(config.data().heldOut().size()).setSkippedSamples(config.data().skipped())
                .setDevice(device.name())));
        producer.awaitAll();
        joined = true;
        announcements.start();
        LOGGER.atInfo().addKeyValue("client", config.clientId())
                .addKeyValue("version", Optional.ofNullable(getClass().getPackage().getImplementationVersion())
                        .orElse("development"))
                .addKeyValue("device", device).addKeyValue("threads", gate.cores())
                .addKeyValue("topics", List.of(Topics.ROUND_ANNOUNCE.name())).addKeyValue("groups", List.of(group()))
                .addKeyValue("records", config.data().training().size()).log("client is up");
    }

    /** Whether it follows the announcements. */
    public boolean isFollowing() {
        return announcements.isJoined();
    }

    private String group() {
        return "fedbiot-client-" + config.clientId();
    }

    /** The round or evaluation in hand, which may be finished before the close. */
    public InHand inHand() {
        return calls;
    }

    /** Stops between two steps, says that the client goes, and lets go of the model. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try (producer; catalog; versions; models) {
            announcements.close();
            if (joined && !stopped) {
                sayGoodbye();
            }
        }
    }

    /** A courtesy: whoever does not hear it finds out at the deadline. */
    private void sayGoodbye() {
        try {
            producer.send(Topics.CLIENT_PRESENCE, config.clientId(), signed.sign(ClientLeaving.newBuilder()
                    .setClientId(config.clientId()).setReason("closed")));
        } catch (KafkaException e) {
            LOGGER.warn("{}: left without a word: {}", config.clientId(), e.getMessage());
        }
    }

    /** What an announcement means to this client. */
    private final class Calls implements LeasedWork {

        @Override
        public boolean isWorthDoing(ConsumerRecord<String, SpecificRecord> record,
                List<ConsumerRecord<String, SpecificRecord>> later) {
            if (EventHeaders.isRestored(record.headers())) {
                return false;
            }
            return record.value() instanceof RunEnded ended
                    ? training.keepsFor(ended.getRunId())
                    : new Announcement(record.value()).concerns(config.clientId(),
                            later.stream().map(ConsumerRecord::value).toList());
        }

        @Override
        public void handle(ConsumerRecord<String, SpecificRecord> record) throws InterruptedException {
            long bytes = (long) record.serializedKeySize() + record.serializedValueSize();
            if (record.value() instanceof RoundOpened round) {
                attempt(WorkMeters.TRAIN, round.getRunId(), round.getRound(), () -> training.run(round, bytes));
            } else if (record.value() instanceof EvaluationOpened opened) {
                attempt(WorkMeters.SCORE, opened.getRunId(), EVALUATION, () -> evaluation.run(opened));
            } else if (record.value() instanceof RunEnded ended) {
                training.letGoOf(ended.getRunId());
            }
        }

        /** What fails in the round itself is told and done with; a broker that fails stops the worker. */
        private void attempt(String kind, String runId, int round, Step step) throws InterruptedException {
            try (WorkMeters.Work work = meters.begin(kind)) {
                attempt(work, runId, round, step);
            }
        }

        private void attempt(WorkMeters.Work work, String runId, int round, Step step) throws InterruptedException {
            try {
                step.run();
                work.completed();
            } catch (ClosedDuringWorkException interrupted) {
                throw new InterruptedException(interrupted.getMessage());
            } catch (KafkaException broker) {
                throw broker;
            } catch (RuntimeException failure) {
                if (closed) {
                    // An interrupted file channel fails like a bad disk; the round is not lost, it is left.
                    throw new InterruptedException(failure.getMessage());
                }
                work.failed();
                LOGGER.atWarn().addKeyValue("client", config.clientId()).addKeyValue("run", runId)
                        .addKeyValue("round", round).addKeyValue("reason", OneLine.of(failure))
                        .log("round cannot be done");
                LOGGER.atDebug().setCause(failure).addKeyValue("client", config.clientId()).log("because of");
                producer.send(Topics.CLIENT_PRESENCE, config.clientId(), signed.sign(ClientFailed.newBuilder()
                        .setRunId(runId).setRound(round).setClientId(config.clientId())
                        .setReason(reason(failure))));
                producer.awaitAll();
            }
        }
    }

    /** What others may read: only messages that are made of run facts and numbers, never of this client's files. */
    private static String reason(RuntimeException failure) {
        return failure instanceof PayloadMissingException || failure instanceof NonFiniteLossException
                || failure instanceof LostContactException
                ? OneLine.of(failure)
                : failure.getClass().getSimpleName() + "; the client's own log says more";
    }

    @FunctionalInterface
    private interface Step {

        void run() throws InterruptedException;
    }
}
