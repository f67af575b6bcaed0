package org.fedbiot.worker;

import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.fedbiot.learning.torch.Torch;

/**
 * The machine's cores as permits, shared by all workers of a process, or of several. A task's thread count belongs to
 * the run and is never bent by load; so a task waits until that many cores are free instead of running on fewer (djl 6:
 * clients times threads must not exceed cores). Fair: first come, first served, so that a task which needs all cores is
 * not starved.
 */
public final class ComputeGate {

    private final Cores cores;
    private final IntConsumer useThreads;
    private final AtomicInteger inUse = new AtomicInteger();

    /** @param cores how many threads may compute at once, at least 1 */
    public ComputeGate(int cores) {
        this(cores, Torch::useThreads);
    }

    /** For tests, which need no engine to see who waits for whom. */
    ComputeGate(int cores, IntConsumer useThreads) {
        this(new OwnCores(atLeastOne(cores)), useThreads);
    }

    private ComputeGate(Cores cores, IntConsumer useThreads) {
        this.cores = cores;
        this.useThreads = Objects.requireNonNull(useThreads, "useThreads");
    }

    /**
     * A gate that all processes of this machine pass which name the same directory; what one that dies had taken is free
     * again.
     *
     * @param directory on a local disk, made if it is not there
     * @param cores how many threads may compute at once in all of them together; the same number for each
     */
    public static ComputeGate shared(Path directory, int cores) {
        return shared(directory, cores, Torch::useThreads);
    }

    /** As {@link #shared(Path, int)}, over all cores of this machine that a process may use. */
    public static ComputeGate shared(Path directory) {
        return shared(directory, Runtime.getRuntime().availableProcessors());
    }

    /** For tests, which need no engine. */
    static ComputeGate shared(Path directory, int cores, IntConsumer useThreads) {
        return new ComputeGate(new MachineCores(directory, atLeastOne(cores)), useThreads);
    }

    /** A gate over all cores that this process may use. */
    public static ComputeGate ofMachine() {
        return new ComputeGate(Runtime.getRuntime().availableProcessors());
    }

    /** How many threads may compute at once. */
    public int cores() {
        return cores.count();
    }

    private static int atLeastOne(int cores) {
        if (cores < 1) {
            throw new IllegalArgumentException("a compute gate needs at least one core, not " + cores);
        }
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
        int held = Math.min(threads, cores.count());
        Cores.Taken taken = cores.take(held);
        try {
            useThreads.accept(threads);
        } catch (RuntimeException | Error failure) {
            taken.close();
            throw failure;
        }
        return new Lease(held, taken);
    }

    /** Cores that tasks of this process hold now. */
    public int coresInUse() {
        return inUse.get();
    }

    /** Visible for testing: whether a task waits. */
    boolean isAwaited() {
        return cores.isAwaited();
    }

    /** Cores held by one task; to be used by the thread that acquired it. */
    public final class Lease implements AutoCloseable {

        private final int held;
        private Cores.Taken taken;

        private Lease(int held, Cores.Taken taken) {
            this.held = held;
            hold(taken);
        }

        private void hold(Cores.Taken cores) {
            taken = cores;
            inUse.addAndGet(held);
        }

        /**
         * Lets others go first if any wait, then takes the cores again. Called between optimiser steps it lets three
         * clients share two cores evenly, so that no round waits for one that got its turn last.
         *
         * @throws InterruptedException if the worker is closed; the lease is then over
         */
        public void giveWay() throws InterruptedException {
            if (cores.isAwaited()) {
                close();
                hold(cores.take(held));
            }
        }

        @Override
        public void close() {
            if (taken != null) {
                taken.close();
                taken = null;
                inUse.addAndGet(-held);
            }
        }
    }
}
