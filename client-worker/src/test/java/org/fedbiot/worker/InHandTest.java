package org.fedbiot.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class InHandTest {

    private static final ConsumerRecord<String, SpecificRecord> RECORD = new ConsumerRecord<>("t", 0, 0, "k", null);

    private final ExecutorService worker = Executors.newCachedThreadPool();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch mayEnd = new CountDownLatch(1);
    private final AtomicInteger done = new AtomicInteger();
    private final InHand inHand = new InHand(new LeasedWork() {

        @Override
        public boolean isWorthDoing(ConsumerRecord<String, SpecificRecord> record,
                List<ConsumerRecord<String, SpecificRecord>> later) {
            return record.offset() == 0;
        }

        @Override
        public void handle(ConsumerRecord<String, SpecificRecord> record) throws InterruptedException {
            begun.countDown();
            mayEnd.await();
            done.incrementAndGet();
        }
    });

    @AfterEach
    void stop() {
        worker.shutdownNow();
    }

    @Test
    void shouldWaitForWhatIsInHandAndBeginNothingMore() throws Exception {
        Future<?> first = start();
        begun.await();

        inHand.takeNoMore();
        assertThat(inHand.isFinishedWithin(Duration.ZERO)).isFalse();
        Future<?> second = start();
        mayEnd.countDown();

        assertThat(inHand.isFinishedWithin(Duration.ofSeconds(10))).isTrue();
        first.get();
        worker.shutdownNow();
        assertThatThrownBy(second::get).isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(done).hasValue(1);
    }

    @Test
    void shouldHandBackWhatIsInterrupted() throws Exception {
        Future<?> work = start();
        begun.await();
        inHand.takeNoMore();

        assertThat(inHand.isFinishedWithin(Duration.ofMillis(1))).isFalse();
        worker.shutdownNow();

        assertThatThrownBy(work::get).hasCauseInstanceOf(InterruptedException.class);
        assertThat(inHand.isFinishedWithin(Duration.ofSeconds(10))).isFalse();
        assertThat(done).hasValue(0);
    }

    @Test
    void shouldHaveNothingInHandBeforeAnythingCame() throws Exception {
        assertThat(inHand.isFinishedWithin(Duration.ZERO)).isTrue();
    }

    private Future<?> start() {
        return worker.submit(() -> {
            inHand.handle(RECORD);
            return null;
        });
    }
}
