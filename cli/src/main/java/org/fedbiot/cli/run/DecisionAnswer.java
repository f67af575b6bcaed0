package org.fedbiot.cli.run;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.topic.Topics;

/** What the coordinator says to something that is asked after this was made. */
final class DecisionAnswer implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);

    private final EventReader decisions;

    /** Whatever the decision log holds by now is no answer. */
    DecisionAnswer(KafkaSettings kafka) {
        decisions = new EventReader(kafka, "fedbiot-cli-answer", Topics.DECISION);
        while (!decisions.atEnd()) {
            decisions.poll(POLL);
        }
    }

    /**
     * Waits for a decision.
     *
     * @param answer of a decision; empty if it is about something else
     * @return empty if none came in time
     */
    <T> Optional<T> await(Duration patience, Function<SpecificRecord, Optional<T>> answer) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < patience.toNanos()) {
            for (ConsumerRecord<String, SpecificRecord> record : decisions.poll(POLL)) {
                Optional<T> found = answer.apply(record.value());
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        decisions.close();
    }
}
