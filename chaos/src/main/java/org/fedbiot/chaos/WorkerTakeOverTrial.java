package org.fedbiot.chaos;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.ProcessStarted;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.ServerTaskProgressed;
import org.fedbiot.schemas.event.TaskKind;
import org.fedbiot.schemas.topic.Topics;

/**
 * How long a server task stands still when the worker that has it in hand is killed: from the kill to the first sign that
 * another one is at the same task.
 */
final class WorkerTakeOverTrial {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** A worker that was started again is in its group after this. */
    private static final Duration SETTLING = Duration.ofSeconds(8);
    private static final int WORKERS = 2;
    private static final int ROUNDS_FOR_A_KILL = 20;

    private final TrialCluster cluster;
    private final TopicWatch watch;
    private final Map<String, Set<String>> workersByTask = new HashMap<>();
    private final Set<String> done = new HashSet<>();
    private final List<String> problems = new ArrayList<>();
    private String taskInHand = "";
    private int starts;

    private WorkerTakeOverTrial(TrialCluster cluster, TopicWatch watch) {
        this.cluster = cluster;
        this.watch = watch;
    }

    /**
     * @param queue where the workers' tasks come from, as their option has it
     * @param witness told of every figure as it is measured
     */
    static TakeOverTrial.Outcome run(Path directory, TrialFiles files, int kills, String queue,
            Consumer<String> witness) {
        try (TrialCluster cluster = new TrialCluster(directory, files, 1, WORKERS, queue)) {
            // Alignment is the task that takes long enough to be killed in, once in every round.
            cluster.submit(files.spec(kills * ROUNDS_FOR_A_KILL, Map.of("alignment.steps", "300",
                    "training.steps", "2", "evaluation.records", "4", "evaluation.everyRounds", "0")));
            try (TopicWatch watch = new TopicWatch(cluster.kafka(), Topics.PROCESS_STATUS, Topics.TASK_RESULT)) {
                WorkerTakeOverTrial trial = new WorkerTakeOverTrial(cluster, watch);
                List<Double> seconds = new ArrayList<>();
                while (seconds.size() < kills) {
                    seconds.add(trial.takeOver());
                    witness.accept(String.format(Locale.ROOT, "kill %d: %.1f s", seconds.size(),
                            seconds.get(seconds.size() - 1)));
                }
                return new TakeOverTrial.Outcome(seconds, trial.problems);
            }
        }
    }

    private double takeOver() {
        taskInHand = "";
        until(() -> !taskInHand.isEmpty(), "an alignment under way");
        String task = taskInHand;
        String worker = workersByTask.get(task).iterator().next();
        Member victim = new Member(Role.SERVER_WORKER, worker);
        cluster.kill(List.of(victim), Long.MAX_VALUE);
        long killed = System.nanoTime();
        until(() -> workersByTask.get(task).size() > 1, "another worker at task " + task);
        double seconds = (System.nanoTime() - killed) / (double) TimeUnit.SECONDS.toNanos(1);
        joinAgain(victim);
        until(() -> done.contains(task), "a result of task " + task);
        return seconds;
    }

    private void joinAgain(Member victim) {
        int before = starts;
        cluster.startAgain(List.of(victim));
        until(() -> starts > before, "a start of " + victim);
        long settled = System.nanoTime() + SETTLING.toNanos();
        until(() -> System.nanoTime() >= settled, "a settled group");
    }

    private void until(BooleanSupplier reached, String what) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!reached.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("no " + what + " within " + PATIENCE);
            }
            watch.poll().forEach(this::see);
            cluster.supervise();
        }
    }

    private void see(SpecificRecord event) {
        if (event instanceof ServerTaskProgressed moved && moved.getKind() == TaskKind.ALIGN) {
            workersByTask.computeIfAbsent(moved.getTaskId(), task -> new HashSet<>()).add(moved.getWorker());
            if (moved.getStep() > 0 && moved.getStep() < moved.getSteps()) {
                taskInHand = moved.getTaskId();
            }
        } else if (event instanceof ServerTaskCompleted completed && !done.add(completed.getTaskId())) {
            problems.add("task " + completed.getTaskId() + " was done twice");
        } else if (event instanceof ProcessStarted started && started.getRole().equals("server-worker")) {
            starts++;
        }
    }
}
