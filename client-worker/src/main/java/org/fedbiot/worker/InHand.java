package org.fedbiot.worker;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Work that can be drained: what is in hand may be finished before the worker closes, and nothing more is begun. A
 * record that comes all the same waits here for the close, which gives it back. Safe for use by several threads.
 */
public final class InHand implements LeasedWork {

    private final LeasedWork work;
    private final Lock lock = new ReentrantLock();
    private final Condition free = lock.newCondition();
    private final Condition never = lock.newCondition();
    private boolean draining;
    private boolean busy;
    private boolean givenUp;

    public InHand(LeasedWork work) {
        this.work = Objects.requireNonNull(work, "work");
    }

    /** From now on nothing is begun. */
    public void takeNoMore() {
        lock.lock();
        try {
            draining = true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until nothing is in hand.
     *
     * @return false if something still is when the time has passed, or was given up since {@link #takeNoMore}
     */
    public boolean isFinishedWithin(Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        lock.lock();
        try {
            while (busy && left > 0) {
                left = free.awaitNanos(left);
            }
            return !busy && !givenUp;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isWorthDoing(ConsumerRecord<String, SpecificRecord> record,
            List<ConsumerRecord<String, SpecificRecord>> later) {
        return work.isWorthDoing(record, later);
    }

    @Override
    public void handle(ConsumerRecord<String, SpecificRecord> record) throws InterruptedException {
        begin();
        boolean finished = false;
        try {
            work.handle(record);
            finished = true;
        } finally {
            end(finished);
        }
    }

    private void begin() throws InterruptedException {
        lock.lock();
        try {
            while (draining) {
                never.await();
            }
            busy = true;
        } finally {
            lock.unlock();
        }
    }

    private void end(boolean finished) {
        lock.lock();
        try {
            busy = false;
            givenUp |= draining && !finished;
            free.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
