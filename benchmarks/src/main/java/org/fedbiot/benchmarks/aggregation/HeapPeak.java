package org.fedbiot.benchmarks.aggregation;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What of the heap is in use after a full collection, taken again and again: garbage does not count, which would
 * otherwise fill any heap that it is given. It costs time, so it is not on while anything is timed.
 */
public final class HeapPeak {

    private static final long PAUSE_MILLIS = 50;

    private ScheduledExecutorService sampler;
    private long peakBytes;

    /** From here on. */
    public synchronized void start() {
        peakBytes = 0;
        sampler = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "heap-peak");
            thread.setDaemon(true);
            return thread;
        });
        sampler.scheduleWithFixedDelay(this::sample, 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Bytes at the peak. */
    public synchronized long stop() {
        sampler.shutdownNow();
        return peakBytes;
    }

    private void sample() {
        System.gc();
        long used = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getCollectionUsage)
                .flatMap(usage -> Optional.ofNullable(usage).stream())
                .mapToLong(MemoryUsage::getUsed)
                .sum();
        synchronized (this) {
            peakBytes = Math.max(peakBytes, used);
        }
    }
}
