package org.fedbiot.aggregator.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.fedbiot.aggregator.ClosedRound;
import org.fedbiot.aggregator.Federation;
import org.fedbiot.aggregator.ShardFold;
import org.fedbiot.schemas.event.RoundOpened;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FoldQueueTest {

    private static final ShardFold.Folded FOLDED = new ShardFold.Folded(new float[] {1}, Optional.empty());

    private final MockProcessorContext<String, byte[]> context = new MockProcessorContext<>();
    private final RunStore index = new RunStore(store());
    private final ExecutorService workers = Executors.newSingleThreadExecutor();
    private final Federation federation = new Federation("run", 23, 16, 0, "a");
    private final RoundOpened opened = federation.opened(1, federation.vector(1));
    private final ClosedRound closed = ClosedRound.of(federation.closed(opened,
            List.of(federation.update(opened, "a", 1, federation.vector(2)))));
    private final CountDownLatch gate = new CountDownLatch(1);
    private final List<FoldQueue.Due> ended = new ArrayList<>();

    @AfterEach
    void stopWorkers() {
        workers.shutdownNow();
    }

    @Test
    void shouldEndAQuickFoldBeforeTheNextRecordAndNoteNothing() {
        // Given
        FoldQueue queue = queue(Duration.ofMinutes(1), () -> FOLDED);

        // When
        queue.add(new FoldQueue.Due(closed, 0, 17));
        queue.add(new FoldQueue.Due(closed, 1, 17));
        queue.advance();

        // Then
        assertThat(ended).extracting(FoldQueue.Due::shard).containsExactly(0, 1);
        assertThat(index.keys("~")).isEmpty();
        assertThat(context.scheduledPunctuators()).isEmpty();
    }

    @Test
    void shouldWaitForALongFoldOnceAndThenOnlyLookAfterIt() throws Exception {
        // Given a fold that does not end, and a task that waited for it
        FoldQueue queue = queue(Duration.ofMillis(300), this::held);
        queue.add(new FoldQueue.Due(closed, 0, 17));
        queue.advance();
        queue.add(new FoldQueue.Due(closed, 1, 18));

        // When other records come: waiting for each would take longer than the test may
        for (int record = 0; record < 10_000; record++) {
            queue.advance();
        }

        // Then
        assertThat(ended).isEmpty();
        assertThat(index.keys("~")).containsExactly("~unfolded/run/1/0", "~unfolded/run/1/1");
        assertThat(context.scheduledPunctuators()).singleElement().satisfies(visit ->
                assertThat(visit.cancelled()).isFalse());

        // When it ends
        gate.countDown();
        for (int shard = 0; shard < 2; shard++) {
            workers.submit(() -> { }).get(1, TimeUnit.MINUTES);
            context.scheduledPunctuators().get(0).getPunctuator().punctuate(0);
        }

        // Then
        assertThat(ended).extracting(FoldQueue.Due::timestampMillis).containsExactly(17L, 18L);
        assertThat(index.keys("~")).isEmpty();
        assertThat(context.scheduledPunctuators()).singleElement().satisfies(visit ->
                assertThat(visit.cancelled()).isTrue());
    }

    @Test
    void shouldGoOnWhereThePartitionWasLeft() throws Exception {
        // Given a task that left two folds
        FoldQueue left = queue(Duration.ZERO, this::held);
        left.add(new FoldQueue.Due(closed, 0, 17));
        left.add(new FoldQueue.Due(closed, 1, 18));
        left.advance();
        left.close();
        assertThat(context.scheduledPunctuators()).allMatch(MockProcessorContext.CapturedPunctuator::cancelled);

        // When another takes the partition over, and no record comes
        FoldQueue taken = queue(Duration.ZERO, () -> FOLDED);
        taken.restore((run, round) -> Optional.of(closed).filter(known -> run.equals("run") && round == 1));
        assertThat(taken.holds(closed, 1)).isTrue();
        MockProcessorContext.CapturedPunctuator visit =
                context.scheduledPunctuators().get(context.scheduledPunctuators().size() - 1);
        while (!visit.cancelled()) {
            visit.getPunctuator().punctuate(0);
            workers.submit(() -> { }).get(1, TimeUnit.MINUTES);
        }

        // Then
        assertThat(ended).containsExactly(new FoldQueue.Due(closed, 0, 17), new FoldQueue.Due(closed, 1, 18));
        assertThat(index.keys("~")).isEmpty();
    }

    @Test
    void shouldFailTheTaskAsTheFoldFailed() {
        // Given
        FoldQueue queue = queue(Duration.ofMinutes(1), () -> {
            throw new IllegalStateException("client b, shard 0: is not there any more");
        });
        queue.add(new FoldQueue.Due(closed, 0, 17));

        // When, Then
        assertThatThrownBy(queue::advance).isInstanceOf(IllegalStateException.class).hasMessage(
                "run run, round 1, shard 0 cannot be folded: client b, shard 0: is not there any more");
        assertThat(ended).isEmpty();
    }

    @Test
    void shouldNotLetABrokersSilenceLookLikeOneOfKafkaStreams() throws Exception {
        // Given a fold that takes long, and ends with what Kafka Streams would begin the task anew for
        FoldQueue queue = queue(Duration.ZERO, () -> {
            throw new TimeoutException("offset 8 could not be read again");
        });
        queue.add(new FoldQueue.Due(closed, 0, 17));
        workers.submit(() -> gate.await(1, TimeUnit.MINUTES));
        queue.advance();
        gate.countDown();
        workers.submit(() -> { }).get(1, TimeUnit.MINUTES);

        // When, Then
        assertThatThrownBy(() -> context.scheduledPunctuators().get(0).getPunctuator().punctuate(0))
                .isInstanceOf(IllegalStateException.class).hasCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void shouldWaitNoLongerThanItsPatienceHoweverManyFoldsCome() {
        // Given folds of half a second, of which patience is there for four
        FoldQueue queue = queue(Duration.ofSeconds(2), () -> {
            assertThat(gate.await(500, TimeUnit.MILLISECONDS)).isFalse();
            return FOLDED;
        });

        // When six come, each when the one before is done
        int waited = 0;
        for (int shard = 0; shard < 6; shard++) {
            queue.add(new FoldQueue.Due(closed, shard, 17));
            queue.advance();
            waited += ended.size() > shard ? 1 : 0;
            while (ended.size() <= shard) {
                Thread.onSpinWait();
                queue.advance();
            }
        }

        // Then
        assertThat(waited).isBetween(1, 4);
    }

    private FoldQueue queue(Duration patience, Callable<ShardFold.Folded> fold) {
        return new FoldQueue(index, context,
                new FoldThreads(workers, patience, Duration.ofHours(1), Path.of("unused")), due -> fold,
                (due, folded) -> ended.add(due));
    }

    private ShardFold.Folded held() throws InterruptedException {
        gate.await();
        return FOLDED;
    }

    private KeyValueStore<String, byte[]> store() {
        KeyValueStore<String, byte[]> store = Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore("index"),
                Serdes.String(), Serdes.ByteArray()).withLoggingDisabled().withCachingDisabled().build();
        store.init(context.getStateStoreContext(), store);
        return store;
    }
}
