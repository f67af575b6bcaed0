package org.fedbiot.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.cli.process.ClientKeyFile;
import org.fedbiot.schemas.event.ClientProgressed;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.ServerTaskProgressed;
import org.fedbiot.schemas.event.UpdateManifest;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workers in JVMs of their own that are told to end in the middle of a task. */
@Timeout(180)
class DrainIT {

    private static final int FINISHED = 0;
    private static final int HANDED_BACK = 75;
    /** Tasks of seconds, so that they have a middle. */
    private static final Map<String, String> LONG = Map.of("alignment.preSteps", "600", "training.steps", "1000");

    @TempDir
    private Path directory;

    @Test
    void shouldSayByItsExitCodeWhetherItFinishedOrHandedBackWhatItHadInHand() throws Exception {
        TrialFiles files = TrialFiles.write(directory.resolve("files"));
        try (OpenCluster cluster = new OpenCluster(directory.resolve("cluster"));
                TopicWatch watch = new TopicWatch(cluster.kafka(), Topics.DECISION, Topics.PROCESS_STATUS,
                        Topics.CLIENT_PRESENCE)) {
            TrialFiles.CLIENTS.forEach(client ->
                    cluster.register(client, ClientKeyFile.read(files.key(client)).key()));
            cluster.submit(files.spec(1, LONG));

            // When a server worker is given no time to finish what it has in hand, and the next one is
            int first = stopAmid(() -> server(cluster, 0), watch, ServerTaskProgressed.class::isInstance);
            assertThat(all(cluster, Topics.TASK_RESULT)).isEmpty();
            int second = stopAmid(() -> server(cluster, 60_000), watch, ServerTaskProgressed.class::isInstance);

            // Then the first has handed it back, and the second has done it
            assertThat(List.of(first, second)).containsExactly(HANDED_BACK, FINISHED);
            assertThat(all(cluster, Topics.TASK_RESULT)).singleElement().isInstanceOf(ServerTaskCompleted.class);

            // And so it is with a process that serves two clients
            first = stopAmid(() -> clients(cluster, files, 0), watch, allProgressed());
            assertThat(all(cluster, Topics.UPDATE_MANIFEST)).isEmpty();
            second = stopAmid(() -> clients(cluster, files, 60_000), watch, allProgressed());
            assertThat(List.of(first, second)).containsExactly(HANDED_BACK, FINISHED);
            assertThat(all(cluster, Topics.UPDATE_MANIFEST)).extracting(event ->
                    ((UpdateManifest) event).getClientId()).containsExactlyInAnyOrderElementsOf(TrialFiles.CLIENTS);
            assertThat(cluster.failures()).isEmpty();
        }
    }

    private static int stopAmid(Supplier<ChildProcess> start, TopicWatch watch, Predicate<SpecificRecord> middle) {
        // What an earlier life has said is no sign of this one.
        watch.readToEnd();
        ChildProcess worker = start.get();
        try {
            await(watch, middle);
            return worker.stop();
        } finally {
            worker.kill();
        }
    }

    private static void await(TopicWatch watch, Predicate<SpecificRecord> event) {
        while (watch.poll().stream().noneMatch(event)) {
            // polls wait
        }
    }

    private static List<SpecificRecord> all(OpenCluster cluster, Topic topic) {
        try (TopicWatch watch = new TopicWatch(cluster.kafka(), topic)) {
            return watch.readToEnd();
        }
    }

    private ChildProcess server(OpenCluster cluster, int drainTimeoutMillis) {
        return start(cluster, "server", drainTimeoutMillis, "id=server",
                "exportDirectory=" + directory.resolve("export"));
    }

    private ChildProcess clients(OpenCluster cluster, TrialFiles files, int drainTimeoutMillis) {
        String served = TrialFiles.CLIENTS.stream().map(client -> "{id: " + client + ", key: " + files.key(client)
                + ", data: " + files.training(client) + "}").collect(Collectors.joining(", ", "[", "]"));
        return start(cluster, "client", drainTimeoutMillis, "clients=" + served,
                "cacheDirectory=" + directory.resolve("cache"));
    }

    /** Once every client was seen at work. */
    private static Predicate<SpecificRecord> allProgressed() {
        Set<String> seen = new HashSet<>();
        return event -> {
            if (event instanceof ClientProgressed progressed) {
                seen.add(progressed.getClientId());
            }
            return seen.containsAll(TrialFiles.CLIENTS);
        };
    }

    private ChildProcess start(OpenCluster cluster, String kind, int drainTimeoutMillis, String... settings) {
        List<String> words = new ArrayList<>(List.of("worker", kind));
        Stream.concat(Stream.of(settings), Stream.of("drainTimeoutMillis=" + drainTimeoutMillis,
                        "cluster.bootstrapServers=" + cluster.kafka().bootstrapServers(),
                        "cluster.schemaRegistry=" + cluster.kafka().schemaRegistryUrl()))
                .forEach(setting -> words.addAll(List.of("--set", setting)));
        return ChildProcess.start(words, directory.resolve(kind + ".log"));
    }
}
