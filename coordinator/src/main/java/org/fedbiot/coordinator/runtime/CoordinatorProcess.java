package org.fedbiot.coordinator.runtime;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Clock;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The coordinator as a process. One per cluster decides: a second one stands by until the first has left or was silent
 * for a session timeout. One that is taken over from all the same ends with {@link CoordinatorFencedException}. The
 * topics of the catalogue must be there, and forget nothing.
 *
 * <pre>
 * start        waits for its turn, takes over, reads the decision log to its end, then decides
 * close        ends between two transactions; whatever was not decided is read again by the next one
 * failure      ends at once with the cause; start another process, it goes on from the log
 * </pre>
 */
public final class CoordinatorProcess implements AutoCloseable {

    /** Consumer group and transactional id, and what client ids begin with. */
    public static final String NAME = "fedbiot-coordinator";

    /** Consumer group of all coordinators: the one that decides, and those that stand by. */
    public static final String LEASE_GROUP = NAME + "-lease";

    private static final Logger LOGGER = LoggerFactory.getLogger(CoordinatorProcess.class);

    private final CountDownLatch stop = new CountDownLatch(1);
    private final AtomicBoolean started = new AtomicBoolean();
    private final CompletableFuture<Void> termination = new CompletableFuture<>();
    private final Consumer<Throwable> failureListener;
    private final CoordinatorLoop loop;
    private final Thread thread;

    public CoordinatorProcess(KafkaSettings settings, Clock clock) {
        this(settings, clock, failure -> { });
    }

    /** One that nobody measures. */
    public CoordinatorProcess(KafkaSettings settings, Clock clock, Consumer<Throwable> failureListener) {
        this(settings, clock, failureListener, new CompositeMeterRegistry());
    }

    /**
     * @param clock the only time in the system: it opens and passes deadlines
     * @param failureListener told once if the process ends by itself, from its own thread
     * @param registry gets the meters of docs/metrics.md
     */
    public CoordinatorProcess(KafkaSettings settings, Clock clock, Consumer<Throwable> failureListener,
            MeterRegistry registry) {
        this.failureListener = Objects.requireNonNull(failureListener, "failureListener");
        this.loop = new CoordinatorLoop(settings, clock, stop, registry);
        this.thread = new Thread(this::run, NAME);
    }

    /**
     * Starts its thread and returns.
     *
     * @throws IllegalStateException if it was started before
     */
    public void start() {
        if (!started.compareAndSet(false, true)) {
            throw new IllegalStateException("a coordinator process is started once; make another one");
        }
        thread.start();
    }

    public Standing standing() {
        return loop.standing();
    }

    /** Done when the process has ended: normally after a {@link #close}, with the cause after a failure. */
    public CompletableFuture<Void> termination() {
        return termination.copy();
    }

    /** Returns when the process has ended. Does not throw what it failed with: see {@link #termination}. */
    @Override
    public void close() {
        stop.countDown();
        if (started.compareAndSet(false, true)) {
            termination.complete(null);
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            loop.run();
            termination.complete(null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(e);
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    private void fail(Throwable failure) {
        LOGGER.atError().setCause(failure).log("the coordinator stops: {}", failure.getMessage());
        termination.completeExceptionally(failure);
        failureListener.accept(failure);
    }
}
