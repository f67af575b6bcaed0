package org.fedbiot.chaos;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.topic.Topics;

/** One run under strikes, from the start of its processes to the reading of its log. */
final class Trial {

    /** A run that hangs is not survived; an undisturbed one takes a tenth of this. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /**
     * What came of it.
     *
     * @param facts empty if the run did not end
     * @param problems why it was not survived
     */
    record Outcome(Optional<LogFacts> facts, List<StrikePlan.Done> strikes, List<String> ownExits,
            List<String> problems, Duration took) {

        boolean survived() {
            return problems.isEmpty();
        }

        int kills() {
            return strikes.stream().mapToInt(strike -> strike.victims().size()).sum();
        }
    }

    private Trial() {
    }

    /** Runs without strikes, and asks the processes to end. */
    static Outcome undisturbed(Path directory, TrialFiles files, RunSpec spec) {
        return run(directory, files, spec, List.of(), true);
    }

    static Outcome struck(Path directory, TrialFiles files, RunSpec spec, List<Strike> strikes) {
        return run(directory, files, spec, strikes, false);
    }

    private static Outcome run(Path directory, TrialFiles files, RunSpec spec, List<Strike> strikes, boolean drain) {
        long start = System.nanoTime();
        List<String> problems = new ArrayList<>();
        Optional<LogFacts> facts = Optional.empty();
        try (TrialCluster cluster = new TrialCluster(directory, files, 1)) {
            cluster.submit(spec);
            StrikePlan plan = new StrikePlan(cluster, strikes);
            if (ended(cluster, plan, start)) {
                LogFacts read = LogFacts.read(cluster.kafka(), spec.getFederation().getRounds());
                problems.addAll(read.problems());
                facts = Optional.of(read);
            } else {
                problems.add("no end within " + PATIENCE);
            }
            plan.missed().forEach(strike -> problems.add("never came to " + strike));
            List<String> ownExits = cluster.ownExits();
            if (drain) {
                Map<String, Integer> codes = new TreeMap<>(cluster.stop());
                codes.values().removeIf(code -> code == 0);
                codes.forEach((name, code) -> problems.add(name + " was asked to end and exited with " + code));
            }
            return new Outcome(facts, plan.done(), ownExits, List.copyOf(problems),
                    Duration.ofNanos(System.nanoTime() - start));
        }
    }

    private static boolean ended(TrialCluster cluster, StrikePlan plan, long start) {
        boolean ended = false;
        try (TopicWatch watch = new TopicWatch(cluster.kafka(), Topics.DECISION, Topics.UPDATE_SHARD,
                Topics.UPDATE_MANIFEST, Topics.UPDATE_VERDICT, Topics.ADAPTER_MANIFEST)) {
            while (!ended && System.nanoTime() - start < PATIENCE.toNanos()) {
                for (SpecificRecord event : watch.poll()) {
                    plan.see(event);
                    ended |= event instanceof RunEnded;
                }
                plan.strike();
                cluster.supervise();
            }
            // The log is read next, so whatever was killed at the very end must be back.
            while (cluster.hasDown()) {
                cluster.supervise();
                watch.poll();
            }
        }
        return ended;
    }
}
