package org.fedbiot.worker;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one record after the other from a share group and works on it in a second thread. While it does, the record's
 * lock is renewed several times before it runs out, so that a task of an hour keeps its lease; a worker that dies does
 * not renew, and the record goes to another. A lock that is lost, as in a restart of the broker, does not stop the
 * work: another worker may do the same meanwhile, and whose result is first counts.
 */
public final class ShareGroupConsumer implements TaskSource {

    private static final Logger LOGGER = LoggerFactory.getLogger(ShareGroupConsumer.class);
    /** Closing waits for as long at most. */
    private static final Duration IDLE_POLL = Duration.ofMillis(500);
    private static final int RENEWALS_PER_LOCK = 3;
    private static final long REMINDER_MILLIS = 500;
    private static final int BROKERS_LOCK_MILLIS = 30_000;

    private final String name;
    private final Properties properties;
    private final String topic;
    private final LeasedWork work;
    private final FailureListener listener;
    private final RawEvents events;
    private final ExecutorService worker;
    private final Thread poller;
    private final CountDownLatch closing = new CountDownLatch(1);
    private KafkaShareConsumer<String, byte[]> consumer;
    private volatile boolean polled;

    /**
     * @param name of the process, used for threads and in messages
     * @param properties of a share group's member that takes one record at a time and acknowledges it itself
     * @param topic to read
     * @param work asked of each record alone: what comes after it may be another worker's
     * @param unusable told, on the working thread, of what is none of our events
     */
    public ShareGroupConsumer(String name, Properties properties, String topic, LeasedWork work,
            UnusableRecords unusable, FailureListener listener) {
        this.name = Objects.requireNonNull(name, "name");
        this.topic = Objects.requireNonNull(topic, "topic");
        this.work = Objects.requireNonNull(work, "work");
        this.listener = Objects.requireNonNull(listener, "listener");
        this.events = new RawEvents(name, properties, unusable);
        this.properties = new Properties();
        this.properties.putAll(properties);
        // Without its lock, work goes on and nobody polls; the group is not left for that.
        this.properties.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, Integer.toString(Integer.MAX_VALUE));
        this.consumer = connect();
        this.worker = Executors.newSingleThreadExecutor(task -> new Thread(task, name + "-work"));
        this.poller = new Thread(this::run, name + "-poll");
    }

    @Override
    public void start() {
        poller.start();
    }

    /** A share consumer does not tell of its membership; one that is no member gets an error from its poll. */
    @Override
    public boolean isJoined() {
        return polled && !isClosing();
    }

    @Override
    public void close() {
        closing.countDown();
        worker.shutdownNow();
        if (poller.getState() == Thread.State.NEW) {
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

    private KafkaShareConsumer<String, byte[]> connect() {
        KafkaShareConsumer<String, byte[]> connected =
                new KafkaShareConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
        connected.subscribe(List.of(topic));
        return connected;
    }

    private void run() {
        try {
            while (!isClosing()) {
                turn();
            }
        } catch (RuntimeException | Error failure) {
            stopped(failure);
        } finally {
            worker.shutdownNow();
            awaitWorker();
            consumer.close();
        }
    }

    private void turn() {
        ConsumerRecord<String, byte[]> taken = null;
        for (ConsumerRecord<String, byte[]> record : consumer.poll(IDLE_POLL)) {
            if (taken == null) {
                taken = record;
            } else {
                // One was asked for; another worker may be free for this.
                consumer.acknowledge(record, AcknowledgeType.RELEASE);
            }
        }
        polled = true;
        if (taken != null) {
            work(taken);
        }
    }

    private void work(ConsumerRecord<String, byte[]> record) {
        Future<AcknowledgeType> outcome = worker.submit(() -> outcome(record));
        long renewMillis = Math.max(1, consumer.acquisitionLockTimeoutMs().orElse(BROKERS_LOCK_MILLIS)
                / RENEWALS_PER_LOCK);
        boolean leased = true;
        while (!isDone(outcome, renewMillis)) {
            leased = leased && renew(record, renewMillis);
        }
        try {
            AcknowledgeType type = outcome.get();
            if (!(leased && acknowledge(record, type))) {
                LOGGER.warn("{}: the lock on {} was lost before its work was done; the outcome stands in the log, and "
                        + "whoever is given it next sees that and skips it", name, place(record));
            }
        } catch (CancellationException | InterruptedException stop) {
            closing.countDown();
        } catch (ExecutionException failure) {
            giveBack(record, leased);
            if (!isClosing()) {
                throw new WorkFailedException(failure.getCause());
            }
        }
        if (!leased) {
            // Nothing is known of what this one still holds of an acknowledgement that was not answered.
            consumer.close();
            consumer = connect();
        }
    }

    private static boolean isDone(Future<?> outcome, long withinMillis) {
        try {
            outcome.get(withinMillis, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException busy) {
            return false;
        } catch (CancellationException | ExecutionException done) {
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Whether the record is still this worker's. */
    private boolean renew(ConsumerRecord<String, byte[]> record, long withinMillis) {
        if (acknowledge(record, AcknowledgeType.RENEW) && isHandedOutAgain(record, withinMillis)) {
            LOGGER.debug("{}: lock on {} renewed", name, place(record));
            return true;
        }
        LOGGER.warn("{}: the lock on {} is lost; its work goes on, but another worker may do it too", name,
                place(record));
        return false;
    }

    /** A record whose lock was renewed comes once more with the next poll, and can be acknowledged again then only. */
    private boolean isHandedOutAgain(ConsumerRecord<String, byte[]> record, long withinMillis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(withinMillis);
        boolean again = false;
        while (!again && System.nanoTime() < end) {
            for (ConsumerRecord<String, byte[]> polled : consumer.poll(Duration.ofMillis(withinMillis))) {
                if (polled.partition() == record.partition() && polled.offset() == record.offset()) {
                    again = true;
                } else {
                    consumer.acknowledge(polled, AcknowledgeType.RELEASE);
                }
            }
        }
        return again;
    }

    /** Whether the broker took it; one that is away did not. */
    private boolean acknowledge(ConsumerRecord<String, byte[]> record, AcknowledgeType type) {
        consumer.acknowledge(record, type);
        Optional<KafkaException> refusal;
        try {
            refusal = consumer.commitSync().values().stream().flatMap(Optional::stream).findFirst();
        } catch (RetriableException away) {
            refusal = Optional.of(away);
        }
        refusal.ifPresent(e -> LOGGER.warn("{}: {} of {} was not taken: {}", name, type, place(record),
                e.getMessage()));
        return refusal.isEmpty();
    }

    /** So that another has it at once instead of when the lock runs out. */
    private void giveBack(ConsumerRecord<String, byte[]> record, boolean leased) {
        if (!leased) {
            return;
        }
        try {
            acknowledge(record, AcknowledgeType.RELEASE);
            LOGGER.info("{}: gave back {}", name, place(record));
        } catch (KafkaException e) {
            LOGGER.warn("{}: {} was not given back, another has it when its lock runs out: {}", name, place(record),
                    e.getMessage());
        }
    }

    /** On the working thread. */
    private AcknowledgeType outcome(ConsumerRecord<String, byte[]> taken) throws InterruptedException {
        Optional<ConsumerRecord<String, SpecificRecord>> record = events.decode(taken);
        if (record.isEmpty()) {
            return AcknowledgeType.REJECT;
        }
        if (work.isWorthDoing(record.get(), List.of())) {
            work.handle(record.get());
        }
        return AcknowledgeType.ACCEPT;
    }

    private static String place(ConsumerRecord<?, ?> record) {
        return "topic " + record.topic() + ", partition " + record.partition() + ", offset " + record.offset();
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void stopped(Throwable failure) {
        if (isClosing()) {
            LOGGER.debug("{}: while closing", name, failure);
            return;
        }
        Throwable cause = failure instanceof WorkFailedException ? failure.getCause() : failure;
        closing.countDown();
        LOGGER.error("{}: stopped", name, cause);
        listener.failed(name, cause);
    }

    private void awaitWorker() {
        try {
            while (!worker.awaitTermination(10, TimeUnit.SECONDS)) {
                LOGGER.warn("{}: still waiting for the task in hand to notice that the worker closes", name);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
