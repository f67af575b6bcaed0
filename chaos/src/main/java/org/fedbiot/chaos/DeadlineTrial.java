package org.fedbiot.chaos;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.topic.Topics;

/**
 * A quorum of one of two clients, and a coordinator that dies when it has opened the round and comes back when the
 * deadline is long past. Both updates are in the log by then, so both must count.
 */
final class DeadlineTrial {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int DEADLINE_MILLIS = 15_000;
    /** Beyond the deadline, on the same clock. */
    private static final int MARGIN_MILLIS = 2_000;

    private final TrialCluster cluster;
    private final TopicWatch watch;
    private final long end = System.nanoTime() + PATIENCE.toNanos();

    private DeadlineTrial(TrialCluster cluster, TopicWatch watch) {
        this.cluster = cluster;
        this.watch = watch;
    }

    /** @return what is wrong with how it went; empty if all counted */
    static List<String> run(Path directory, TrialFiles files, LogFacts reference) {
        int rounds = 1;
        List<String> problems = new ArrayList<>();
        try (TrialCluster cluster = new TrialCluster(directory, files, 1)) {
            cluster.submit(files.spec(rounds, Map.of("federation.quorum", "1",
                    "federation.deadlineMillis", Integer.toString(DEADLINE_MILLIS))));
            try (TopicWatch watch = new TopicWatch(cluster.kafka(), Topics.DECISION, Topics.UPDATE_VERDICT)) {
                new DeadlineTrial(cluster, watch).outage();
            }
            LogFacts facts = LogFacts.read(cluster.kafka(), rounds);
            problems.addAll(facts.problems());
            if (!Optional.ofNullable(facts.adapters().get(1)).equals(Optional.of(reference.adapters().get(1)))) {
                problems.add("adapter version 1 is not that of the undisturbed run");
            }
        }
        return problems;
    }

    private void outage() {
        RoundOpened round = await(RoundOpened.class, opened -> true);
        List<Member> coordinator = cluster.members(Role.COORDINATOR);
        cluster.kill(coordinator, Long.MAX_VALUE);
        Set<String> accepted = new HashSet<>();
        await(UpdateAccepted.class, update -> {
            accepted.add(update.getClientId());
            return accepted.size() == TrialFiles.CLIENTS.size();
        });
        while (System.currentTimeMillis() < round.getDeadlineMillis() + MARGIN_MILLIS) {
            watch.poll();
        }
        cluster.startAgain(coordinator);
        await(RunEnded.class, ended -> true);
    }

    private <E extends SpecificRecord> E await(Class<E> type, Predicate<E> fits) {
        while (System.nanoTime() < end) {
            for (SpecificRecord event : watch.poll()) {
                if (type.isInstance(event) && fits.test(type.cast(event))) {
                    return type.cast(event);
                }
            }
            cluster.supervise();
        }
        throw new IllegalStateException("no " + type.getSimpleName() + " within " + PATIENCE);
    }
}
