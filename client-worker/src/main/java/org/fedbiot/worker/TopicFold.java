package org.fedbiot.worker;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.client.UnusableRecord;
import org.fedbiot.schemas.topic.Topics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folds whole topics, from their beginning to where they end when asked, over what is none of our events. One thread
 * at a time.
 */
public final class TopicFold implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(TopicFold.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long REGISTRY_RETRY_MILLIS = 1_000;

    private final EventReader reader;
    private final UnusableRecords unusable;
    private final Consumer<ConsumerRecord<String, SpecificRecord>> fold;

    /**
     * @param reader at the topics' beginning; this fold's to close
     * @param unusable told of what is passed over
     */
    public TopicFold(EventReader reader, UnusableRecords unusable,
            Consumer<ConsumerRecord<String, SpecificRecord>> fold) {
        this.reader = Objects.requireNonNull(reader, "reader");
        this.unusable = Objects.requireNonNull(unusable, "unusable");
        this.fold = Objects.requireNonNull(fold, "fold");
    }

    /**
     * Goes on from where it stopped; a registry that does not answer is waited for.
     *
     * @throws InterruptedException if the worker is closed meanwhile
     */
    public void readToEnd() throws InterruptedException {
        reader.markEnd();
        while (!reader.atEnd()) {
            if (Thread.interrupted()) {
                throw new InterruptedException("closed while reading topics");
            }
            poll().forEach(this::add);
        }
    }

    @Override
    public void close() {
        reader.close();
    }

    private void add(ConsumerRecord<String, SpecificRecord> record) {
        if (record.value() == null) {
            unusable.passOver(UnusableRecord.withoutValue(record));
        } else {
            fold.accept(record);
        }
    }

    private List<ConsumerRecord<String, SpecificRecord>> poll() throws InterruptedException {
        try {
            return reader.poll(POLL);
        } catch (RecordDeserializationException e) {
            UnusableRecord record = UnusableRecord.of(e).orElse(null);
            if (record == null) {
                LOGGER.atWarn().addKeyValue("error", e.getCause().getMessage())
                        .log("the schema registry does not answer; will retry");
                TimeUnit.MILLISECONDS.sleep(REGISTRY_RETRY_MILLIS);
            } else {
                unusable.passOver(record);
                reader.seek(Topics.find(record.topic()).orElseThrow(), record.partition(), record.offset() + 1);
            }
            return List.of();
        }
    }
}
