package org.fedbiot.worker;

import java.util.concurrent.Semaphore;

/** Cores that this process has to itself. First come, first served. */
final class OwnCores implements Cores {

    private final int count;
    private final Semaphore permits;

    OwnCores(int count) {
        this.count = count;
        this.permits = new Semaphore(count, true);
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public Taken take(int number) throws InterruptedException {
        permits.acquire(number);
        return () -> permits.release(number);
    }

    @Override
    public boolean isAwaited() {
        return permits.hasQueuedThreads();
    }
}
