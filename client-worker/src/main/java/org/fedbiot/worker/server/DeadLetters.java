package org.fedbiot.worker.server;

import java.util.Objects;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.UnusableRecord;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;
import org.fedbiot.worker.UnusableRecords;
import org.fedbiot.worker.WorkMeters;

/** Writes down what a server worker passes over, where operators look for it. */
final class DeadLetters implements UnusableRecords {

    private final String process;
    private final EventProducer producer;
    private final WorkMeters meters;
    private final UnusableRecords log;

    DeadLetters(String process, EventProducer producer, WorkMeters meters) {
        this.process = Objects.requireNonNull(process, "process");
        this.producer = Objects.requireNonNull(producer, "producer");
        this.meters = Objects.requireNonNull(meters, "meters");
        this.log = UnusableRecords.logged(process);
    }

    @Override
    public void passOver(UnusableRecord record) {
        log.passOver(record);
        meters.deadLetter(record.topic());
        producer.send(Topics.SERVER_DEAD_LETTER,
                EventKeys.origin(record.topic(), record.partition(), record.offset()), record.deadLetter(process));
        producer.awaitAll();
    }
}
