package org.fedbiot.worker;

import org.fedbiot.schemas.client.UnusableRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Told of every record that is none of our events, before it is passed over. */
@FunctionalInterface
public interface UnusableRecords {

    /**
     * Returns when what is to be kept of it is acknowledged.
     *
     * @param record the same one again after a restart, where a topic is read from its beginning
     */
    void passOver(UnusableRecord record);

    /** For a process that may not write dead letters. */
    static UnusableRecords logged(String process) {
        Logger logger = LoggerFactory.getLogger(UnusableRecords.class);
        return record -> logger.atWarn().addKeyValue("process", process).addKeyValue("topic", record.topic())
                .addKeyValue("partition", record.partition()).addKeyValue("offset", record.offset())
                .addKeyValue("bytes", record.bytes()).addKeyValue("reason", record.reason())
                .log("record passed over");
    }
}
