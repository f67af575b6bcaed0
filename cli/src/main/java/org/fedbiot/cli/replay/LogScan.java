package org.fedbiot.cli.replay;

import java.util.function.Consumer;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.worker.TopicFold;

/** Reads what a cluster's topics hold of a run. */
final class LogScan {

    private final KafkaSettings kafka;
    private final Consumer<String> progress;
    private long records;

    LogScan(KafkaSettings kafka, Consumer<String> progress) {
        this.kafka = kafka;
        this.progress = progress;
    }

    /**
     * Decisions first: whatever they name was written before them, so a run under way is seen without holes too.
     *
     * @throws InterruptedException if the thread is interrupted while it reads
     */
    RunLog read(String runId) throws InterruptedException {
        RunLog log = new RunLog(runId);
        long bytes = read(log, Topics.DECISION);
        if (log.inheritsMoments()) {
            bytes += read(log, Topics.SERVER_MOMENT);
        }
        bytes += read(log, Topics.ADAPTER_MANIFEST, Topics.ADAPTER_SHARD, Topics.UPDATE_MANIFEST, Topics.UPDATE_SHARD);
        progress.accept("read " + records + " records, " + bytes + " bytes");
        return log;
    }

    /** Clients may write anything to their topics. If a record of garbage stood for something, that is missing. */
    private long read(RunLog log, Topic... topics) throws InterruptedException {
        EventReader reader = new EventReader(kafka, "fedbiot-replay", topics);
        reader.starts().forEach((partition, start) -> {
            if (start > 0) {
                log.trimmed(new Place(partition.topic(), partition.partition(), start));
            }
        });
        try (TopicFold fold = new TopicFold(reader,
                garbage -> progress.accept("passed over " + new Place(garbage.topic(), garbage.partition(),
                        garbage.offset()) + ": " + garbage.reason()),
                record -> {
                    records++;
                    log.add(new Place(record.topic(), record.partition(), record.offset()), record.value());
                })) {
            fold.readToEnd();
            return reader.bytesRead();
        }
    }
}
