package org.fedbiot.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.ProcessStarted;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Three secured brokers and every role in a JVM of its own, each with its own principal and only the rights that the
 * catalogue gives it. In the middle of one run every role is restarted, a broker is lost, and an aggregator takes over
 * from another: the versions are those of the same run in one process that nobody disturbs.
 */
@Timeout(600)
class SecuredClusterIT {

    private static final int ROUNDS = 6;

    /** Kept after the test: the logs of all processes say what went wrong. */
    private final Path directory =
            Path.of("target", "secured-cluster-it", Long.toString(System.currentTimeMillis(), Character.MAX_RADIX));
    private final Map<String, Integer> exitCodes = new TreeMap<>();

    @Test
    void shouldEndWithTheSameBytesWhoeverIsRestartedLostOrJoins() throws Exception {
        // Given the run undisturbed
        TrialFiles files = TrialFiles.write(directory.resolve("files"));
        RunSpec run = files.spec(ROUNDS, Map.of());
        LogFacts reference;
        try (OpenCluster cluster = new OpenCluster(directory.resolve("undisturbed"), files)) {
            cluster.run(run, decision -> { });
            reference = LogFacts.read(cluster.kafka(), ROUNDS);
        }
        assertThat(reference.problems()).isEmpty();

        try (SecuredCluster cluster = new SecuredCluster(directory.resolve("cluster"), files)) {
            cluster.startAllBut("aggregator-2");
            cluster.submit(run);
            try (Follower follower = new Follower(cluster, cluster.operator())) {
                // When every role is restarted, one process after the other
                follower.awaitRound(1);
                restart(cluster, "coordinator", "aggregator-1");
                follower.awaitRound(2);
                restart(cluster, "server-1", "client-anna", "client-bert");
                follower.awaitRound(3);
                restart(cluster, "broker-1");
                cluster.awaitInSync();

                // And the registry, now that everybody has asked it what a round needs, and a broker is lost
                follower.awaitRound(4);
                restart(cluster, "registry");
                cluster.kill("broker-2");

                // And an aggregator joins and has all of the work to do, for a client that was away
                follower.awaitRound(5);
                exitCodes.merge("client-bert", cluster.stop("client-bert"), Math::max);
                follower.awaitNewAggregator(() -> cluster.start("aggregator-2"));
                exitCodes.merge("aggregator-1", cluster.stop("aggregator-1"), Math::max);
                cluster.start("client-bert");
                follower.awaitEnd();
            }

            // Then nothing is lost, nothing is counted twice, and every byte is the same
            LogFacts facts = LogFacts.read(cluster.operator(), ROUNDS);
            assertThat(facts.problems()).as("own exits %s", cluster.ownExits()).isEmpty();
            assertThat(facts.adapters()).isEqualTo(reference.adapters());
            assertThat(facts.emulators()).isEqualTo(reference.emulators());
            // And whoever was told to end had finished what it had in hand
            cluster.stopAll().forEach((name, code) -> exitCodes.merge(name, code, Math::max));
            assertThat(exitCodes).allSatisfy((name, code) -> assertThat(code).as(name).isZero())
                    .containsKeys("registry", "coordinator", "aggregator-1", "aggregator-2", "server-1", "client-anna",
                            "client-bert", "broker-1", "broker-3");
        }
    }

    private void restart(SecuredCluster cluster, String... names) {
        for (String name : names) {
            exitCodes.merge(name, cluster.restart(name), Math::max);
        }
    }

    /** The run's events as they come, while whoever ends by itself is started again. Not thread-safe. */
    private static final class Follower implements AutoCloseable {

        private final SecuredCluster cluster;
        private final TopicWatch watch;
        private final Set<Integer> rounds = new TreeSet<>();
        private final List<String> aggregators = new ArrayList<>();
        private boolean ended;

        Follower(SecuredCluster cluster, KafkaSettings operator) {
            this.cluster = cluster;
            this.watch = new TopicWatch(operator, Topics.DECISION, Topics.PROCESS_STATUS);
        }

        void awaitRound(int round) {
            until(() -> rounds.contains(round));
        }

        void awaitNewAggregator(Runnable start) {
            int before = aggregators.size();
            start.run();
            until(() -> aggregators.size() > before);
        }

        void awaitEnd() {
            until(() -> ended);
        }

        private void until(BooleanSupplier reached) {
            while (!reached.getAsBoolean()) {
                watch.poll().forEach(this::see);
                cluster.supervise();
            }
        }

        private void see(SpecificRecord event) {
            if (event instanceof RoundOpened opened) {
                rounds.add(opened.getRound());
            } else if (event instanceof ProcessStarted started && started.getRole().equals("aggregator")) {
                aggregators.add(started.getProcess());
            } else if (event instanceof RunEnded) {
                ended = true;
            }
        }

        @Override
        public void close() {
            watch.close();
        }
    }
}
