package org.fedbiot.worker;

import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What a {@link LeasedConsumer} does with each record. */
public interface LeasedWork {

    /**
     * Whether a record still matters; asked on the polling thread once all that stands in the topic has been read.
     *
     * @param later records of the same topic that were read after it, oldest first
     */
    boolean isWorthDoing(ConsumerRecord<String, SpecificRecord> record,
            List<ConsumerRecord<String, SpecificRecord>> later);

    /**
     * Does the work on the worker thread and returns when its outcome is written and acknowledged: the record's offset
     * is committed then. What fails in the task itself is the work's own to report; what it throws stops the worker.
     *
     * @throws InterruptedException if the worker is closed; the record will be handed out again
     */
    void handle(ConsumerRecord<String, SpecificRecord> record) throws InterruptedException;
}
