package org.fedbiot.chaos;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.ProcessStarted;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.topic.Topics;

/**
 * How long the aggregator's work stands still when it is killed amid uploads, verdicts or the fold: from the kill to
 * the next verdict or adapter version that was committed after it.
 */
final class TakeOverTrial {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** Of several, one that was started again has its share of the work after this. */
    private static final Duration SETTLING = Duration.ofSeconds(8);
    /** More than pass between two kills; the run is not followed to its end. */
    private static final int ROUNDS_FOR_A_KILL = 20;
    private static final List<Moment> MOMENTS = List.of(Moment.UPLOAD, Moment.SCREENED, Moment.CLOSED);

    /**
     * What was measured.
     *
     * @param seconds one for each kill, in order
     * @param problems versions that were published twice
     */
    record Outcome(List<Double> seconds, List<String> problems) {

        @Override
        public String toString() {
            List<Double> sorted = seconds.stream().sorted().toList();
            return String.format(Locale.ROOT, "kills %d, min %.1f s, median %.1f s, p90 %.1f s, max %.1f s",
                    sorted.size(), sorted.get(0), rank(sorted, 0.5), rank(sorted, 0.9),
                    sorted.get(sorted.size() - 1));
        }

        private static double rank(List<Double> sorted, double share) {
            return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
        }
    }

    private final TrialCluster cluster;
    private final TopicWatch others;
    private final TopicWatch aggregated;
    private final Random random = new Random(1);
    private final Map<Moment, Integer> newest = new EnumMap<>(Moment.class);
    private final Set<Integer> versions = new HashSet<>();
    private final List<String> problems = new ArrayList<>();
    private int outputs;
    private int starts;

    private TakeOverTrial(TrialCluster cluster, TopicWatch others, TopicWatch aggregated) {
        this.cluster = cluster;
        this.others = others;
        this.aggregated = aggregated;
    }

    /**
     * @param aggregators that share the work; of one the next life takes over, of several those that are left
     * @param witness told of every figure as it is measured
     */
    static Outcome run(Path directory, TrialFiles files, int kills, int aggregators, Consumer<String> witness) {
        try (TrialCluster cluster = new TrialCluster(directory, files, aggregators)) {
            cluster.submit(files.spec(kills * ROUNDS_FOR_A_KILL, Map.of("alignment.steps", "0",
                    "training.steps", "2", "evaluation.records", "4")));
            // The decision log repeats what the aggregator says, so its own topics are read apart.
            try (TopicWatch others = new TopicWatch(cluster.kafka(), Topics.DECISION, Topics.UPDATE_SHARD,
                            Topics.PROCESS_STATUS);
                    TopicWatch aggregated = new TopicWatch(cluster.kafka(), Topics.UPDATE_VERDICT,
                            Topics.ADAPTER_MANIFEST)) {
                TakeOverTrial trial = new TakeOverTrial(cluster, others, aggregated);
                List<Double> seconds = new ArrayList<>();
                while (seconds.size() < kills) {
                    seconds.add(trial.takeOver());
                    witness.accept(String.format(Locale.ROOT, "kill %d: %.1f s", seconds.size(),
                            seconds.get(seconds.size() - 1)));
                }
                return new Outcome(seconds, trial.problems);
            }
        }
    }

    /** Seconds from a kill to the next committed output. */
    private double takeOver() {
        Moment moment = MOMENTS.get(random.nextInt(MOMENTS.size()));
        int round = newest.getOrDefault(moment, Moment.NO_ROUND);
        until(() -> newest.getOrDefault(moment, Moment.NO_ROUND) > round, moment + " after round " + round);
        List<Member> aggregators = cluster.members(Role.AGGREGATOR);
        List<Member> victim = List.of(aggregators.get(random.nextInt(aggregators.size())));
        boolean alone = aggregators.size() == 1;
        cluster.kill(victim, alone ? System.nanoTime() : Long.MAX_VALUE);
        long killed = System.nanoTime();
        seeOutputs(aggregated.readToEnd());
        int before = outputs;
        until(() -> outputs > before, "an output after a kill at " + moment);
        double seconds = (System.nanoTime() - killed) / (double) TimeUnit.SECONDS.toNanos(1);
        if (!alone) {
            joinAgain(victim);
        }
        return seconds;
    }

    private void joinAgain(List<Member> victim) {
        int before = starts;
        cluster.startAgain(victim);
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
            see(others.poll());
            seeOutputs(aggregated.poll());
            cluster.supervise();
        }
    }

    private void see(List<SpecificRecord> events) {
        for (SpecificRecord event : events) {
            for (Moment moment : MOMENTS) {
                moment.begins(event).ifPresent(round -> newest.merge(moment, round, Math::max));
            }
            if (event instanceof ProcessStarted started && started.getRole().equals("aggregator")) {
                starts++;
            }
        }
    }

    private void seeOutputs(List<SpecificRecord> events) {
        see(events);
        for (SpecificRecord event : events) {
            if (event instanceof AdapterPublished published && !versions.add(published.getVersion())) {
                problems.add("adapter version " + published.getVersion() + " was published twice");
            }
            if (event instanceof UpdateAccepted || event instanceof AdapterPublished) {
                outputs++;
            }
        }
    }
}
