package org.fedbiot.worker;

import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.function.IntConsumer;
import org.fedbiot.learning.torch.Torch;

/**
 * The machine's cores as permits, shared by all workers of a process. A task's thread count belongs to the run and is
 * never bent by load; so a task waits until that many cores are free instead of running on fewer (djl 6: clients times
 * threads must not exceed cores). Fair: first come, first served, so that a task which needs all cores is not starved.
 */
public final class ComputeGate {

    private final int cores;
    private final Semaphore permits;
    private final IntConsumer useThreads;

    /** @param cores how many threads may compute at once, at least 1 */
    public ComputeGate(int cores) {
        this(cores, Torch::useThreads);
    }

    /** For tests, which need no engine to see who waits for whom. */
    ComputeGate(int cores, IntConsumer useThreads) {
        if (cores < 1) {
            throw new IllegalArgumentException("a compute gate needs at least one core, not " + cores);
        }
        this.cores = cores;
        this.permits = new Semaphore(cores, true);
        this.useThreads = Objects.requireNonNull(useThreads, "useThreads");
    }

    /** A gate over all cores that this process may use. */
    public static ComputeGate ofMachine() {
        return new ComputeGate(Runtime.getRuntime().availableProcessors());
    }

    /** How many threads may compute at once. */
    public int cores() {
        return cores;
    }

    /**
     * Waits until enough cores are free, then sets the calling thread's intra-op thread count.
     *
     * @param threads as recorded in the run; more than there are cores takes them all and still runs with that many,
     *     since the count decides the order of floating-point sums
     * @throws InterruptedException if the worker is closed while it waits
     */
    public Lease acquire(int threads) throws InterruptedException {
        if (threads < 1) {
            throw new IllegalArgumentException("a task needs at least one thread, not " + threads);
        }
        int held = Math.min(threads, cores);
        permits.acquire(held);
        try {
            useThreads.accept(threads);
        } catch (RuntimeException | Error failure) {
            permits.release(held);
            throw failure;
        }
        return new Lease(held);
    }

    /** Cores that tasks of this process hold now. */
    public int coresInUse() {
        return cores - permits.availablePermits();
    }

    /** Visible for testing: whether a task waits. */
    boolean isAwaited() {
        return permits.hasQueuedThreads();
    }

    /** Cores held by one task; to be used by the thread that acquired it. */
    public final class Lease implements AutoCloseable {

        private final int held;
        private boolean open = true;

        private Lease(int held) {
            this.held = held;
        }

        /**
         * Lets others go first if any wait, then takes the cores again. Called between optimiser steps it lets three
         * clients share two cores evenly, so that no round waits for one that got its turn last.
         *
         * @throws InterruptedException if the worker is closed; the lease is then over
         */
        public void giveWay() throws InterruptedException {
            if (permits.hasQueuedThreads()) {
                permits.release(held);
                open = false;
                permits.acquire(held);
                open = true;
            }
        }

        @Override
        public void close() {
            if (open) {
                open = false;
                permits.release(held);
            }
        }
    }
}
