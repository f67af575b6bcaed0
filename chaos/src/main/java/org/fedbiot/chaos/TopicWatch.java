package org.fedbiot.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.fedbiot.cli.report.RunIds;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.UnusableRecord;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;

/** The trial run's events as they come, over outages of broker and registry. */
final class TopicWatch implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(5);
    private static final Duration READ = Duration.ofMillis(200);

    private final EventReader reader;

    TopicWatch(KafkaSettings kafka, Topic... topics) {
        this.reader = new EventReader(kafka, "trial-watch", topics);
    }

    /** What came within a few milliseconds. */
    List<SpecificRecord> poll() {
        return events(POLL);
    }

    /** All that stands in the topics now and was not given yet. */
    List<SpecificRecord> readToEnd() {
        List<SpecificRecord> all = new ArrayList<>();
        reader.markEnd();
        while (!reader.atEnd()) {
            all.addAll(events(READ));
        }
        return all;
    }

    private List<SpecificRecord> events(Duration timeout) {
        try {
            return reader.poll(timeout).stream().map(ConsumerRecord::value)
                    .filter(event -> RunIds.of(event).equals(TrialFiles.RUN_ID) || RunIds.of(event).isEmpty()).toList();
        } catch (RecordDeserializationException e) {
            // Or the registry is away: then the record is read again.
            UnusableRecord.of(e).ifPresent(record -> reader.seek(Topics.find(record.topic()).orElseThrow(),
                    record.partition(), record.offset() + 1));
            return List.of();
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
