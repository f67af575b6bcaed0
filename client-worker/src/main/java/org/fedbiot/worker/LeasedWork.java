package org.fedbiot.worker;

import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What is done with each record of a {@link TaskSource}. */
public interface LeasedWork {

    /**
     * Whether a record still matters. In a consumer group it is asked on the polling thread once all that stands in the
     * topic has been read, in a share group on the working thread.
     *
     * @param later records of the same topic that were read after it, oldest first; none in a share group, where they
     *     may be another worker's
     */
    boolean isWorthDoing(ConsumerRecord<String, SpecificRecord> record,
            List<ConsumerRecord<String, SpecificRecord>> later);

    /**
     * Does the work on the worker thread and returns when its outcome is written and acknowledged: the record is
     * done with then. What fails in the task itself is the work's own to report; what it throws stops the worker.
     *
     * @throws InterruptedException if the worker is closed; the record will be handed out again
     */
    void handle(ConsumerRecord<String, SpecificRecord> record) throws InterruptedException;
}
