package org.fedbiot.cli.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.fedbiot.observer.Picture;

/** The newest picture, and when there is a newer one. For one writer and many readers. */
final class Source {

    private final CountDownLatch over = new CountDownLatch(1);
    private Picture picture;
    private JsonNode cluster = PageJson.object();
    private long version;

    Source(Picture first) {
        this.picture = first;
    }

    synchronized void show(Picture newer) {
        picture = newer;
        version++;
        notifyAll();
    }

    /** @param state of the cluster itself: address, lag */
    synchronized void show(JsonNode state) {
        cluster = state;
        version++;
        notifyAll();
    }

    synchronized Picture picture() {
        return picture;
    }

    synchronized JsonNode cluster() {
        return cluster;
    }

    /**
     * Waits until there is something newer, the time is up, or the source ends.
     *
     * @param seen what an earlier call returned
     * @return the version that is there now
     */
    synchronized long awaitChange(long seen, long millis) throws InterruptedException {
        long giveUp = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (version == seen && !isOver()) {
            long left = TimeUnit.NANOSECONDS.toMillis(giveUp - System.nanoTime());
            if (left <= 0) {
                break;
            }
            wait(left);
        }
        return version;
    }

    /** Lets changes gather; returns early if the source ends. */
    boolean awaitOver(long millis) throws InterruptedException {
        return over.await(millis, TimeUnit.MILLISECONDS);
    }

    boolean isOver() {
        return over.getCount() == 0;
    }

    synchronized void end() {
        over.countDown();
        notifyAll();
    }
}
