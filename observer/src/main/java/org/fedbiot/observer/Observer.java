package org.fedbiot.observer;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.UnusableRecord;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a cluster's topics, committed records only, and keeps the picture of them. It belongs to no consumer group
 * and writes nothing: started anew, it reads the topics again.
 */
public final class Observer implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(Observer.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long REGISTRY_PAUSE_MILLIS = 1_000;
    private static final String PROCESS = "observer";

    private final EventReader reader;
    private final PictureFold fold = new PictureFold();
    private final List<Consumer<Picture>> listeners = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Picture> caughtUp = new CompletableFuture<>();
    private final CompletableFuture<Void> failure = new CompletableFuture<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;
    private volatile Picture picture = fold.picture();

    /**
     * Connects; nothing is read before {@link #start}.
     *
     * @param clientId how the broker's logs name it
     */
    public Observer(KafkaSettings settings, String clientId) {
        this.reader = new EventReader(settings, clientId, PictureFold.TOPICS.toArray(Topic[]::new));
        this.thread = new Thread(this::follow, clientId);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((unused, cause) -> failed(cause));
    }

    public void start() {
        thread.start();
    }

    /** Told of every new picture, in the observer's thread: hand on what takes time. */
    public void onChange(Consumer<Picture> listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
    }

    /** The newest picture; empty at first. */
    public Picture picture() {
        return picture;
    }

    /** Completes when all that the topics held at the start is in the picture. */
    public CompletableFuture<Picture> caughtUp() {
        return caughtUp;
    }

    /** Completes exceptionally when the topics cannot be followed any more; never otherwise. */
    public CompletableFuture<Void> failure() {
        return failure;
    }

    private void follow() {
        try (reader) {
            while (stopped.getCount() > 0) {
                if (takeNext()) {
                    picture = fold.picture();
                    listeners.forEach(listener -> listener.accept(picture));
                }
                if (!caughtUp.isDone() && reader.atEnd()) {
                    caughtUp.complete(picture);
                }
            }
        } catch (KafkaException e) {
            failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void failed(Throwable cause) {
        LOGGER.error("the topics cannot be followed any more", cause);
        failure.completeExceptionally(cause);
        caughtUp.completeExceptionally(cause);
    }

    /** @return whether there was something new */
    private boolean takeNext() throws InterruptedException {
        try {
            List<ConsumerRecord<String, SpecificRecord>> records = reader.poll(POLL);
            records.forEach(this::take);
            return !records.isEmpty();
        } catch (RecordDeserializationException e) {
            Optional<UnusableRecord> unusable = UnusableRecord.of(e);
            if (unusable.isEmpty()) {
                LOGGER.warn("the registry does not answer: {}", e.getMessage());
                stopped.await(REGISTRY_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
                return false;
            }
            fold.undecodable(unusable.get().deadLetter(PROCESS), e.timestamp());
            reader.seek(Topics.find(e.topicPartition().topic()).orElseThrow(), e.topicPartition().partition(),
                    e.offset() + 1);
            return true;
        }
    }

    private void take(ConsumerRecord<String, SpecificRecord> record) {
        if (record.value() == null) {
            fold.undecodable(UnusableRecord.withoutValue(record).deadLetter(PROCESS), record.timestamp());
        } else {
            fold.add(LoggedEvent.of(record));
        }
    }

    /** Stops reading; the last picture stays. */
    @Override
    public void close() {
        stopped.countDown();
        if (!thread.isAlive()) {
            reader.close();
            return;
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
