package org.fedbiot.coordinator.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.fedbiot.coordinator.Inputs;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.CalledClient;
import org.fedbiot.schemas.event.EvaluationOpened;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;

/** All other processes: reads the decision log and, where told to, answers as they would. */
final class Others implements AutoCloseable {

    private final EventProducer producer;
    private final EventReader log;
    private final List<SpecificRecord> seen = new ArrayList<>();

    Others(KafkaSettings settings) {
        this.producer = new EventProducer(settings, "others");
        this.log = new EventReader(settings, "others", Topics.DECISION);
    }

    void say(Topic topic, SpecificRecord event) {
        producer.send(topic, "key", event);
        producer.awaitAll();
    }

    void register(String... clients) {
        for (String client : clients) {
            say(Topics.COMMAND, Inputs.key(client));
            say(Topics.CLIENT_PRESENCE, Inputs.joined(client));
        }
    }

    /** Reads on until a decision fits, without an answer to any. The test's own timeout bounds it. */
    <E extends SpecificRecord> E await(Class<E> type, Predicate<E> fits) {
        return read(type, fits, false);
    }

    /** Reads on until a decision fits, and answers every one, this one too. */
    <E extends SpecificRecord> E answerUntil(Class<E> type, Predicate<E> fits) {
        return read(type, fits, true);
    }

    /** Everything read so far. */
    List<SpecificRecord> seen() {
        return List.copyOf(seen);
    }

    private <E extends SpecificRecord> E read(Class<E> type, Predicate<E> fits, boolean answering) {
        while (true) {
            E found = null;
            for (ConsumerRecord<String, SpecificRecord> record : log.poll(Duration.ofMillis(100))) {
                seen.add(record.value());
                if (answering) {
                    answer(record.value());
                }
                if (found == null && type.isInstance(record.value()) && fits.test(type.cast(record.value()))) {
                    found = type.cast(record.value());
                }
            }
            if (found != null) {
                return found;
            }
        }
    }

    private void answer(SpecificRecord decision) {
        if (decision instanceof ServerTaskAssigned task) {
            String run = task.getRunId();
            switch (task.getKind()) {
                case COMPRESS -> {
                    say(Topics.TASK_RESULT, Inputs.compressed(run));
                    say(Topics.ADAPTER_MANIFEST, Inputs.adapter(run, 0));
                }
                case ALIGN -> say(Topics.TASK_RESULT,
                        Inputs.aligned(run, task.getEmulatorVersion() + 1, task.getAdapterVersion()));
                case EVALUATE -> say(Topics.TASK_RESULT,
                        Inputs.evaluated(run, task.getAdapterVersion(), task.getEmulatorVersion(), 1));
                case EXPORT -> say(Topics.TASK_RESULT, Inputs.exported(run, task.getAdapterVersion()));
                default -> throw new IllegalStateException("a task of no kind: " + task);
            }
        } else if (decision instanceof RoundOpened round) {
            for (CalledClient client : round.getCalled()) {
                say(Topics.UPDATE_VERDICT, Inputs.accepted(round.getRunId(), round.getRound(), client.getClientId()));
            }
        } else if (decision instanceof RoundClosed closed) {
            say(Topics.ADAPTER_MANIFEST, Inputs.adapter(closed.getRunId(), closed.getNewAdapterVersion()));
        } else if (decision instanceof EvaluationOpened opened) {
            for (String client : opened.getClients()) {
                say(Topics.CLIENT_PRESENCE, Inputs.scored(opened.getRunId(), client, opened.getAdapterVersion(),
                        opened.getEmulatorVersion()));
            }
        }
    }

    @Override
    public void close() {
        try (producer) {
            log.close();
        }
    }
}
