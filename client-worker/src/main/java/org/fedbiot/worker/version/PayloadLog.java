package org.fedbiot.worker.version;

import java.util.List;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A payload topic as its readers see it. */
public interface PayloadLog extends AutoCloseable {

    /** A record's place. */
    record Place(int partition, long offset) {
    }

    /** Name of the topic, for messages. */
    String topic();

    /**
     * Reads the records at the given places, in any order; a place where there is no record is passed over.
     *
     * @param reader takes a record, and says whether it wants more
     * @throws InterruptedException if the worker is closed while it reads
     */
    void readAt(List<Place> places, Predicate<ConsumerRecord<String, SpecificRecord>> reader)
            throws InterruptedException;

    /**
     * Reads the whole topic from its beginning to where it ends when asked.
     *
     * @param reader takes a record, and says whether it wants more
     * @throws InterruptedException if the worker is closed while it reads
     */
    void readAll(Predicate<ConsumerRecord<String, SpecificRecord>> reader) throws InterruptedException;

    @Override
    void close();
}
