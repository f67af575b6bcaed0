package org.fedbiot.cli.experiment;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.fedbiot.schemas.event.FederationSettings;
import org.fedbiot.schemas.event.RunSpec;

/**
 * Runs cells in their order, some side by side. The engine's thread count is one for the whole process and decides the
 * order of sums, so only cells that all compute with one and the same count run together; any other runs alone. What a
 * cell comes to does not depend on its neighbours then.
 */
final class Lanes {

    /** What a cluster with its log's buffers needs of the heap, generously. */
    private static final long CELL_HEAP_BYTES = 256L * 1024 * 1024;

    private final int lanes;

    Lanes(int lanes) {
        this.lanes = lanes;
    }

    /**
     * As many as keep the cores busy while one cell waits for its server, and as the heap has room for.
     *
     * @param heapBytes that this process may use
     */
    static int fitting(Collection<PlannedCell> cells, int cores, long heapBytes) {
        int busy = cells.stream().flatMap(cell -> cell.spec().stream()).mapToInt(Lanes::busyCores).max().orElse(1);
        long roomFor = Math.max(1, heapBytes / CELL_HEAP_BYTES);
        return (int) Math.min(roomFor, (cores + busy - 1) / busy + (cores > 1 ? 1 : 0));
    }

    private static int busyCores(RunSpec spec) {
        FederationSettings federation = spec.getFederation();
        int perRound = federation.getClientsPerRound();
        return spec.getResources().getClientThreads()
                * (perRound == 0 ? federation.getClients().size() : perRound);
    }

    /**
     * Returns when all are done.
     *
     * @param work run on a thread of its own for each cell
     * @param done told on the calling thread of each cell that is over, with what its work threw
     */
    void run(List<PlannedCell> cells, Consumer<PlannedCell> work, BiConsumer<PlannedCell, Optional<Throwable>> done)
            throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(lanes);
        CompletionService<Void> over = new ExecutorCompletionService<>(pool);
        Map<Future<Void>, PlannedCell> running = new HashMap<>();
        Deque<PlannedCell> waiting = new ArrayDeque<>(cells);
        try {
            while (!waiting.isEmpty() || !running.isEmpty()) {
                while (!waiting.isEmpty() && running.size() < lanes
                        && mayJoin(running.values(), waiting.element())) {
                    PlannedCell next = waiting.remove();
                    running.put(over.submit(() -> work.accept(next), null), next);
                }
                Future<Void> one = over.take();
                done.accept(running.remove(one), thrown(one));
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static Optional<Throwable> thrown(Future<Void> over) throws InterruptedException {
        try {
            over.get();
            return Optional.empty();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            return Optional.of(e.getCause());
        }
    }

    static boolean mayJoin(Collection<PlannedCell> running, PlannedCell next) {
        Set<Integer> threads = new HashSet<>(threads(next));
        running.forEach(cell -> threads.addAll(threads(cell)));
        return running.isEmpty() || threads.size() == 1;
    }

    private static Set<Integer> threads(PlannedCell cell) {
        RunSpec spec = cell.spec().orElseThrow();
        return new HashSet<>(List.of(spec.getResources().getServerThreads(), spec.getResources().getClientThreads()));
    }
}
