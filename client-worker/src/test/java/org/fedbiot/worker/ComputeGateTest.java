package org.fedbiot.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ComputeGateTest {

    private final List<Integer> threadsSet = new CopyOnWriteArrayList<>();
    private final ComputeGate gate = new ComputeGate(2, threadsSet::add);
    private final ExecutorService executor = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        executor.shutdownNow();
    }

    @Test
    void shouldNeverLetMoreThreadsComputeThanThereAreCores() throws Exception {
        // Given six tasks of one or two threads
        AtomicInteger computing = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Future<?>> tasks = new CopyOnWriteArrayList<>();
        for (int task = 0; task < 6; task++) {
            int threads = 1 + task % 2;
            tasks.add(executor.submit(() -> {
                try (ComputeGate.Lease lease = gate.acquire(threads)) {
                    for (int step = 0; step < 200; step++) {
                        most.accumulateAndGet(computing.addAndGet(threads), Math::max);
                        computing.addAndGet(-threads);
                        lease.giveWay();
                    }
                }
                return null;
            }));
        }

        // When all are done
        for (Future<?> task : tasks) {
            task.get(10, TimeUnit.SECONDS);
        }

        // Then
        assertThat(most.get()).isBetween(1, 2);
        assertThat(threadsSet).containsExactlyInAnyOrder(1, 2, 1, 2, 1, 2);
    }

    @Test
    void shouldGiveTheCoresToOneThatWaitsBetweenTwoSteps() throws Exception {
        // Given two tasks that hold both cores, and a third that waits
        ComputeGate.Lease first = gate.acquire(1);
        gate.acquire(1);
        CountDownLatch got = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        Future<?> third = executor.submit(() -> {
            ComputeGate.Lease lease = gate.acquire(1);
            got.countDown();
            done.await();
            lease.close();
            return null;
        });
        while (!gate.isAwaited()) {
            Thread.onSpinWait();
        }

        // When the first is between two steps
        Future<?> giving = executor.submit(() -> {
            first.giveWay();
            return null;
        });

        // Then the third has its turn, and the first goes on when that is over
        assertThat(got.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(giving.isDone()).isFalse();
        done.countDown();
        third.get(5, TimeUnit.SECONDS);
        giving.get(5, TimeUnit.SECONDS);
    }

    @Test
    void shouldLetATaskOfMoreThreadsThanCoresRunAlone() throws Exception {
        // Given a task of eight threads on two cores
        ComputeGate.Lease large = gate.acquire(8);

        // When another one comes
        Future<ComputeGate.Lease> other = executor.submit(() -> gate.acquire(1));
        while (!gate.isAwaited()) {
            Thread.onSpinWait();
        }

        // Then it waits for the first, which keeps the thread count of its run
        assertThat(other.isDone()).isFalse();
        assertThat(threadsSet).containsExactly(8);
        large.close();
        other.get(5, TimeUnit.SECONDS).close();
    }

    @Test
    void shouldNotLoseCoresWhenATaskIsInterruptedOrCannotStart() throws Exception {
        // Given a task interrupted while it waits, and one whose engine does not start
        ComputeGate.Lease all = gate.acquire(2);
        Future<?> waiting = executor.submit(() -> gate.acquire(1));
        while (!gate.isAwaited()) {
            Thread.onSpinWait();
        }
        waiting.cancel(true);
        all.close();
        ComputeGate broken = new ComputeGate(1, threads -> {
            if (threads == 3) {
                throw new IllegalStateException("no engine");
            }
        });
        assertThatThrownBy(() -> broken.acquire(3)).hasMessage("no engine");

        // When and then
        gate.acquire(2).close();
        broken.acquire(1).close();
    }
}
