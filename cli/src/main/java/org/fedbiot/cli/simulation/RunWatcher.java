package org.fedbiot.cli.simulation;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.fedbiot.cli.report.RunRecord;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.UnusableRecord;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.worker.UnusableRecords;

/** Follows a run by its topics alone, as any operator can, until it ends or a process of this machine fails. */
final class RunWatcher implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);
    /** After the end, this many polls without a record: the last scalars of clients come on another topic. */
    private static final int QUIET_POLLS = 3;

    private final EventReader reader;
    private final Consumer<RunRecord.Entry> live;
    private final UnusableRecords unusable = UnusableRecords.logged("run-watcher");

    RunWatcher(KafkaSettings kafka, Consumer<RunRecord.Entry> live) {
        this.reader = new EventReader(kafka, "fedbiot-run-watcher", Topics.DECISION, Topics.CLIENT_PRESENCE,
                Topics.PROCESS_STATUS, Topics.AGGREGATOR_DEAD_LETTER, Topics.SERVER_DEAD_LETTER);
        this.live = live;
    }

    /**
     * @param failure completes exceptionally when a process that the run needs has failed
     * @throws CompletionException with that failure
     */
    RunRecord watch(String runId, CompletableFuture<Void> failure) {
        RunRecord run = new RunRecord(runId);
        int quiet = 0;
        while (quiet < QUIET_POLLS) {
            if (failure.isCompletedExceptionally()) {
                failure.join();
            }
            List<ConsumerRecord<String, SpecificRecord>> records = poll();
            for (ConsumerRecord<String, SpecificRecord> record : records) {
                RunRecord.Entry entry = new RunRecord.Entry(record.topic(), record.partition(), record.offset(),
                        record.timestamp(), record.value());
                run.add(entry);
                live.accept(entry);
            }
            boolean over = run.ended().isPresent() || run.refused().isPresent();
            quiet = over && records.isEmpty() ? quiet + 1 : 0;
        }
        return run;
    }

    /** Clients may write anything to their presence topic: what is no event is passed over. */
    private List<ConsumerRecord<String, SpecificRecord>> poll() {
        try {
            return reader.poll(POLL).stream().filter(record -> record.value() != null).toList();
        } catch (RecordDeserializationException e) {
            UnusableRecord garbage = UnusableRecord.of(e).orElseThrow(() -> e);
            unusable.passOver(garbage);
            reader.seek(Topics.find(garbage.topic()).orElseThrow(), garbage.partition(), garbage.offset() + 1);
            return List.of();
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
