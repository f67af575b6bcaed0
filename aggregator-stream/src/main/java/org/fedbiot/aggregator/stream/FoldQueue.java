package org.fedbiot.aggregator.stream;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.fedbiot.aggregator.ClosedRound;
import org.fedbiot.aggregator.ShardFold;

/**
 * The folds that one task has to do, one after the other on another thread. What a fold takes grows with the clients,
 * and a Kafka transaction that is open for too long is aborted, with all that was done in it: a fold inside one would
 * begin anew without end. So the task waits for a fold only a little, which is enough for a small one; what takes
 * longer goes into whichever transaction is open when it is done. Time decides nothing but that, and which shards of
 * a run that ends meanwhile are still folded: the bytes and their timestamps are the same.
 *
 * <p>What a transaction leaves to be folded is marked in the store, and taken up by whoever has the partition next.
 */
final class FoldQueue implements AutoCloseable {

    /**
     * A shard of which everything is here.
     *
     * @param timestampMillis of the record that was the last to come
     */
    record Due(ClosedRound closed, int shard, long timestampMillis) {

        String runId() {
            return closed.event().getRunId();
        }

        private String mark() {
            return RunStore.key(UNFOLDED, runId(), closed.event().getRound(), shard);
        }
    }

    /** Not an identifier, so no run's key starts so. */
    private static final String UNFOLDED = "~unfolded";
    /** From looking after a fold that takes long to looking again: each look is followed by a commit. */
    private static final Duration VISIT = Duration.ofMillis(100);

    private final RunStore index;
    private final ProcessorContext<?, ?> context;
    private final FoldThreads threads;
    private final Function<Due, Callable<ShardFold.Folded>> begin;
    private final BiConsumer<Due, ShardFold.Folded> end;
    /** The first is being folded, or about to be. */
    private final Deque<Due> queue = new ArrayDeque<>();
    private final Set<String> marked = new HashSet<>();
    private Optional<Future<ShardFold.Folded>> running = Optional.empty();
    private Optional<Cancellable> visits = Optional.empty();
    private boolean fresh;
    private long windowStartNanos = System.nanoTime();
    private long waitedNanos;

    /**
     * @param begin takes what a fold needs out of the store; what it gives back runs on another thread
     * @param end publishes, on the task's own thread
     */
    FoldQueue(RunStore index, ProcessorContext<?, ?> context, FoldThreads threads,
            Function<Due, Callable<ShardFold.Folded>> begin, BiConsumer<Due, ShardFold.Folded> end) {
        this.index = index;
        this.context = context;
        this.threads = threads;
        this.begin = begin;
        this.end = end;
    }

    /** Goes on where the partition was left. */
    void restore(BiFunction<String, Integer, Optional<ClosedRound>> closes) {
        for (String mark : index.keys(RunStore.key(UNFOLDED, ""))) {
            String[] parts = mark.split("/");
            long timestampMillis = ByteBuffer.wrap(index.get(mark).orElseThrow()).getLong();
            ClosedRound closed = closes.apply(parts[1], Integer.parseInt(parts[2])).orElseThrow(() ->
                    new IllegalStateException("the store has " + mark + " without the close of that round"));
            queue.add(new Due(closed, Integer.parseInt(parts[3]), timestampMillis));
            marked.add(mark);
        }
        if (!queue.isEmpty()) {
            visitLater();
        }
    }

    boolean holds(ClosedRound closed, int shard) {
        return queue.stream().anyMatch(due -> due.shard() == shard && due.runId().equals(closed.event().getRunId())
                && due.closed().event().getRound() == closed.event().getRound());
    }

    void add(Due due) {
        // Whoever comes while another takes long does not make the task wait for that one a second time.
        fresh |= queue.isEmpty();
        queue.add(due);
    }

    /** Ends what is done, begins what is next. */
    void advance() {
        long begun = System.nanoTime();
        long until = begun + (fresh ? patienceNanos(begun) : 0);
        fresh = false;
        try {
            advance(until);
        } finally {
            waitedNanos += System.nanoTime() - begun;
        }
    }

    /** However many records bring a fold each, no transaction is kept open by more than the patience. */
    private long patienceNanos(long nowNanos) {
        if (nowNanos - windowStartNanos > threads.window().toNanos()) {
            windowStartNanos = nowNanos;
            waitedNanos = 0;
        }
        return Math.max(0, threads.patience().toNanos() - waitedNanos);
    }

    private void advance(long until) {
        while (!queue.isEmpty()) {
            Due first = queue.element();
            if (running.isEmpty()) {
                running = Optional.of(threads.workers().submit(begin.apply(first)));
            }
            Optional<ShardFold.Folded> folded = await(first, running.get(), until - System.nanoTime());
            if (folded.isEmpty()) {
                queue.forEach(this::mark);
                visitLater();
                return;
            }
            forgetFirst();
            end.accept(first, folded.get());
        }
        visitNoMore();
    }

    private static Optional<ShardFold.Folded> await(Due due, Future<ShardFold.Folded> fold, long nanos) {
        try {
            return Optional.of(fold.get(Math.max(0, nanos), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            // As it is, Kafka Streams would take a timeout for one of its own, and begin the task anew without end.
            throw new IllegalStateException("run " + due.runId() + ", round " + due.closed().event().getRound()
                    + ", shard " + due.shard() + " cannot be folded: " + e.getCause().getMessage(), e.getCause());
        }
    }

    private void mark(Due due) {
        if (marked.add(due.mark())) {
            index.put(due.mark(), ByteBuffer.allocate(Long.BYTES).putLong(due.timestampMillis()).array());
        }
    }

    private void forgetFirst() {
        unmark(queue.remove());
        running = Optional.empty();
    }

    private void unmark(Due due) {
        if (marked.remove(due.mark())) {
            index.delete(due.mark());
        }
    }

    private void visitLater() {
        if (visits.isEmpty()) {
            visits = Optional.of(context.schedule(VISIT, PunctuationType.WALL_CLOCK_TIME, now -> advance()));
        }
    }

    private void visitNoMore() {
        visits.ifPresent(Cancellable::cancel);
        visits = Optional.empty();
    }

    /** Nobody asks for what is left of it. */
    void endRun(String runId) {
        if (!queue.isEmpty() && queue.element().runId().equals(runId)) {
            interrupt();
            forgetFirst();
        }
        queue.stream().filter(due -> due.runId().equals(runId)).forEach(this::unmark);
        queue.removeIf(due -> due.runId().equals(runId));
    }

    /** The marks stay. A task that Kafka Streams takes up again gets another queue, but keeps what was scheduled. */
    @Override
    public void close() {
        interrupt();
        visitNoMore();
    }

    private void interrupt() {
        running.ifPresent(fold -> fold.cancel(true));
    }
}
