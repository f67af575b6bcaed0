package org.fedbiot.cli.process;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.fedbiot.cli.UserError;

/**
 * How long a process runs: until SIGTERM or an interrupt from the keyboard, or until one of its parts fails.
 *
 * <pre>
 * told to end    its parts are closed, which drains them; exit code 0
 * part failed    its parts are closed; one line, exit code 1
 * </pre>
 */
final class Lifetime {

    private static final int DRAINED = 0;

    private final CountDownLatch told = new CountDownLatch(1);
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final CompletableFuture<Boolean> over = new CompletableFuture<>();

    /** What a process does between its start and its end. */
    @FunctionalInterface
    interface Body {

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
    static int run(Body body) {
        Lifetime lifetime = new Lifetime();
        Thread hook = new Thread(lifetime::drain, "drain");
        Runtime.getRuntime().addShutdownHook(hook);
        boolean drained = false;
        try {
            body.run(lifetime);
            drained = true;
            return DRAINED;
        } catch (KafkaException e) {
            throw new UserError("stopped: " + e.getMessage(), e);
        } finally {
            lifetime.over.complete(drained);
            if (lifetime.told.getCount() > 0) {
                Runtime.getRuntime().removeShutdownHook(hook);
            }
        }
    }

    /** For a part's failure listener; the first failure counts. */
    void failed(String part, Throwable cause) {
        end.completeExceptionally(new UserError(part + " stopped: " + cause.getMessage(), cause));
    }

    /**
     * Waits until the process is to end.
     *
     * @throws UserError if that is because a part has failed
     */
    void awaitEnd() {
        try {
            end.join();
        } catch (CompletionException e) {
            throw (UserError) e.getCause();
        }
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
        if (over.join()) {
            Runtime.getRuntime().halt(DRAINED);
        }
    }
}
