package org.fedbiot.cli.process;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.fedbiot.cli.ExitCode;
import org.fedbiot.cli.Main;
import org.fedbiot.cli.UserError;
import org.fedbiot.worker.InHand;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long a process runs: until SIGTERM or an interrupt from the keyboard, or until one of its parts fails.
 *
 * <pre>
 * told to end    what is in hand is finished or handed back, parts are closed; exit code 0 or 75
 * part failed    its parts are closed; one line, exit code 1
 * </pre>
 */
public final class Lifetime {

    private static final Logger LOGGER = LoggerFactory.getLogger(Lifetime.class);

    /** Exit code of a process that had nothing in hand when it was told to end, or has finished it. */
    static final int DRAINED = ExitCode.OK.code();

    /** Exit code of a process that was told to end and handed its task back, to be done again: EX_TEMPFAIL. */
    static final int HANDED_BACK = ExitCode.HANDED_BACK.code();

    private final CountDownLatch told = new CountDownLatch(1);
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final CompletableFuture<OptionalInt> over = new CompletableFuture<>();
    private int exitCode = DRAINED;

    /** What a process does between its start and its end. */
    @FunctionalInterface
    public interface Body {

        /** Starts parts, {@link Lifetime#awaitEnd waits}, and has closed them when it returns. */
        void run(Lifetime lifetime);
    }

    private Lifetime() {
    }

    /**
     * Runs a process.
     *
     * @return its exit code
     * @throws UserError if a part has failed, or the cluster refused it
     */
    public static int run(Body body) {
        Lifetime lifetime = new Lifetime();
        Thread hook = new Thread(lifetime::drain, "drain");
        Runtime.getRuntime().addShutdownHook(hook);
        OptionalInt exit = OptionalInt.empty();
        try {
            body.run(lifetime);
            exit = OptionalInt.of(lifetime.exitCode);
            return lifetime.exitCode;
        } catch (KafkaException | UserError e) {
            UserError failure = e instanceof UserError known ? known : new UserError("stopped: " + e.getMessage(), e);
            if (lifetime.told.getCount() == 0) {
                // The process is gone before anybody prints what is thrown.
                LOGGER.error("{}", failure.getMessage());
                exit = OptionalInt.of(Main.USER_ERROR);
            }
            throw failure;
        } finally {
            lifetime.over.complete(exit);
            if (lifetime.told.getCount() > 0) {
                Runtime.getRuntime().removeShutdownHook(hook);
            }
        }
    }

    /** For a part's failure listener; the first failure counts. */
    public void failed(String part, Throwable cause) {
        end.completeExceptionally(new UserError(part + " stopped: " + cause.getMessage(), cause));
    }

    /**
     * Waits until the process is to end.
     *
     * @throws UserError if that is because a part has failed
     */
    public void awaitEnd() {
        try {
            end.join();
        } catch (CompletionException e) {
            throw (UserError) e.getCause();
        }
    }

    /**
     * Lets workers finish what they have in hand; what is not finished in time goes back when they are closed. Told to
     * the process' exit code.
     *
     * @param patience for all of them together
     */
    void drain(List<InHand> workers, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        workers.forEach(InHand::takeNoMore);
        try {
            for (InHand worker : workers) {
                if (!worker.isFinishedWithin(Duration.ofNanos(deadline - System.nanoTime()))) {
                    exitCode = HANDED_BACK;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            exitCode = HANDED_BACK;
        }
    }

    /**
     * Does a step that may take as long as others let it wait.
     *
     * @return what it gave; empty if the process is to end before it is done, which then is left where it is
     */
    <T> Optional<T> unlessEnded(Supplier<T> step) {
        CompletableFuture<T> done = CompletableFuture.supplyAsync(step,
                task -> new Thread(task, Thread.currentThread().getName() + "-step").start());
        try {
            CompletableFuture.anyOf(done, end).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw e;
        }
        return Optional.ofNullable(done.getNow(null));
    }

    /** Waits before something is tried again; true if the process is to end instead. */
    boolean endsWithin(long millis) {
        try {
            return told.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** In the shutdown hook: a signal's own exit code would say that the process was killed. */
    private void drain() {
        told.countDown();
        end.complete(null);
        over.join().ifPresent(Runtime.getRuntime()::halt);
    }
}
