package org.fedbiot.worker;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.fedbiot.schemas.client.UnusableRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a topic in a consumer group and works on one record at a time in a second thread. While a record is worked on,
 * the partitions are paused and polling goes on, so that a task of an hour keeps its lease (kafka 7); its offset is
 * committed after the work has returned, so that a worker that dies leaves the record to the next one.
 */
public final class LeasedConsumer implements TaskSource {

    private static final Logger LOGGER = LoggerFactory.getLogger(LeasedConsumer.class);
    private static final Duration IDLE_POLL = Duration.ofMillis(500);
    /** While a task runs, polling is also what notices its end. */
    private static final Duration BUSY_POLL = Duration.ofMillis(50);
    private static final long REGISTRY_RETRY_MILLIS = 1_000;
    private static final long REMINDER_MILLIS = 500;

    private final String name;
    private final KafkaConsumer<String, SpecificRecord> consumer;
    private final KafkaClientMetrics kafkaMeters;
    private final LeasedWork work;
    private final UnusableRecords unusable;
    private final FailureListener listener;
    private final ExecutorService worker;
    private final Thread poller;
    private final Backlog backlog = new Backlog();
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile boolean joined;
    private Future<?> running;
    private Map<TopicPartition, OffsetAndMetadata> committed = Map.of();

    /**
     * @param name of the process, used for threads and in messages
     * @param properties of a consumer with a group id and without automatic commits
     * @param topic to read
     * @param unusable told, on the polling thread, of what is none of our events
     * @param registry gets Kafka's own metrics of the consumer
     */
    public LeasedConsumer(String name, Properties properties, String topic, LeasedWork work, UnusableRecords unusable,
            FailureListener listener, MeterRegistry registry) {
        this.name = Objects.requireNonNull(name, "name");
        this.work = Objects.requireNonNull(work, "work");
        this.unusable = Objects.requireNonNull(unusable, "unusable");
        this.listener = Objects.requireNonNull(listener, "listener");
        Properties cooperative = new Properties();
        // What a dead worker held moves on after this, and one that is started again waits for that: the default is 45 s.
        cooperative.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, "6000");
        cooperative.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, "1500");
        cooperative.putAll(properties);
        // A worker that joins must not take away the partition on which another is at work.
        cooperative.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        this.consumer = new KafkaConsumer<>(cooperative);
        this.kafkaMeters = new KafkaClientMetrics(consumer);
        kafkaMeters.bindTo(registry);
        this.worker = Executors.newSingleThreadExecutor(task -> new Thread(task, name + "-work"));
        this.poller = new Thread(() -> run(topic), name + "-poll");
    }

    @Override
    public void start() {
        poller.start();
    }

    @Override
    public boolean isJoined() {
        return joined;
    }

    @Override
    public void close() {
        closing.countDown();
        consumer.wakeup();
        worker.shutdownNow();
        if (poller.getState() == Thread.State.NEW) {
            kafkaMeters.close();
            consumer.close();
            return;
        }
        if (Thread.currentThread() == poller) {
            return;
        }
        try {
            while (poller.isAlive()) {
                // Again and again: a library that the work has called may have taken the interrupt for its own.
                worker.shutdownNow();
                poller.join(REMINDER_MILLIS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(String topic) {
        try {
            consumer.subscribe(List.of(topic), new DropWhatIsTaken());
            turnUntilClosed();
            // Work in hand may be at its very end: it has its outcome only when its thread is through.
            worker.shutdownNow();
            awaitWorker();
            commitWhatIsDone();
        } catch (RuntimeException | Error failure) {
            stopped(failure);
        } finally {
            worker.shutdownNow();
            awaitWorker();
            joined = false;
            kafkaMeters.close();
            consumer.close();
        }
    }

    private void turnUntilClosed() {
        try {
            while (!isClosing()) {
                turn();
            }
        } catch (WakeupException wakeup) {
            LOGGER.debug("{}: woken to close", name);
        }
    }

    /** What was finished before the close is not handed out again. */
    private void commitWhatIsDone() {
        try {
            settle();
        } catch (WakeupException wakeup) {
            // The close meant a poll that was not under way.
            settle();
        }
    }

    private void settle() {
        if (running == null) {
            commit(backlog.doneUpTo(consumer.assignment()));
        } else {
            finish();
        }
    }

    private void turn() {
        poll().forEach(this::add);
        joined = consumer.groupMetadata().generationId() > 0;
        if (running != null && running.isDone()) {
            finish();
        }
        if (running == null && isCaughtUp()) {
            startNext();
        }
        if (running != null) {
            // Again at every turn: a rebalance hands out partitions that are not paused.
            consumer.pause(consumer.assignment());
        }
    }

    private Iterable<ConsumerRecord<String, SpecificRecord>> poll() {
        try {
            return consumer.poll(running == null ? IDLE_POLL : BUSY_POLL);
        } catch (RecordDeserializationException e) {
            UnusableRecord.of(e).ifPresentOrElse(this::passOver, () -> awaitRegistry(e.getCause()));
            return List.of();
        }
    }

    private void add(ConsumerRecord<String, SpecificRecord> record) {
        if (record.value() == null) {
            passOver(UnusableRecord.withoutValue(record));
        } else {
            backlog.add(List.of(record));
        }
    }

    private void passOver(UnusableRecord record) {
        unusable.passOver(record);
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        backlog.passOver(partition, record.offset());
        if (consumer.position(partition) <= record.offset()) {
            consumer.seek(partition, record.offset() + 1);
        }
    }

    /** The record may be good: it is read again. */
    private void awaitRegistry(Throwable outage) {
        LOGGER.atWarn().addKeyValue("process", name).addKeyValue("error", outage.getMessage())
                .log("the schema registry does not answer; will retry");
        try {
            closing.await(REGISTRY_RETRY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            closing.countDown();
        }
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void startNext() {
        ConsumerRecord<String, SpecificRecord> record = backlog.take(work);
        if (record == null) {
            commit(backlog.doneUpTo(consumer.assignment()));
            return;
        }
        running = worker.submit(() -> {
            work.handle(record);
            return null;
        });
    }

    private void finish() {
        try {
            running.get();
        } catch (CancellationException | InterruptedException stop) {
            closing.countDown();
            return;
        } catch (ExecutionException failure) {
            if (!isClosing()) {
                throw new WorkFailedException(failure.getCause());
            }
            return;
        }
        running = null;
        commit(backlog.doneUpTo(consumer.assignment()));
        consumer.resume(consumer.assignment());
    }

    /** Whether all that stood in the assigned partitions when asked has been read: what is late is judged as a whole. */
    private boolean isCaughtUp() {
        Set<TopicPartition> assigned = consumer.assignment();
        if (assigned.isEmpty()) {
            return false;
        }
        Map<TopicPartition, Long> ends = consumer.endOffsets(assigned);
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    private void commit(Map<TopicPartition, Long> done) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        done.forEach((partition, offset) -> offsets.put(partition, new OffsetAndMetadata(offset)));
        if (offsets.equals(committed)) {
            return;
        }
        try {
            consumer.commitSync(offsets);
            committed = offsets;
        } catch (CommitFailedException | RebalanceInProgressException taken) {
            // The outcome stands in the log; whoever gets the record next sees that and skips it.
            LOGGER.atWarn().addKeyValue("process", name).addKeyValue("offsets", done)
                    .log("offsets not committed, the group is being rebalanced");
        }
    }

    private void stopped(Throwable failure) {
        if (isClosing()) {
            return;
        }
        Throwable cause = failure instanceof WorkFailedException ? failure.getCause() : failure;
        closing.countDown();
        LOGGER.atError().setCause(cause).addKeyValue("process", name).log("stopped");
        listener.failed(name, cause);
    }

    private void awaitWorker() {
        try {
            while (!worker.awaitTermination(10, TimeUnit.SECONDS)) {
                LOGGER.atWarn().addKeyValue("process", name)
                        .log("still waiting for the task in hand to notice that the worker closes");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private final class DropWhatIsTaken implements ConsumerRebalanceListener {

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            backlog.drop(partitions);
            committed = Map.of();
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            LOGGER.debug("{}: reads {}", name, partitions);
        }
    }
}
