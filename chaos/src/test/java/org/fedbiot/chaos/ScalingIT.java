package org.fedbiot.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.worker.server.ServerWorker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Server workers and aggregators come in the middle of a run, and a worker goes: no byte of the result may change. */
@Timeout(180)
class ScalingIT {

    private static final int ROUNDS = 2;
    private static final String FIRST = "server";

    @TempDir
    private Path directory;

    @Test
    void shouldGiveTheSameBytesWhenOthersJoinInTheMiddleAndTakeTheLoad() throws Exception {
        // Given a run with one worker and one aggregator
        TrialFiles files = TrialFiles.write(directory.resolve("files"));
        RunSpec spec = files.spec(ROUNDS, Map.of());
        LogFacts alone;
        try (OpenCluster cluster = new OpenCluster(directory.resolve("alone"), files)) {
            cluster.run(spec, decision -> { });
            alone = LogFacts.read(cluster.kafka(), ROUNDS);
        }
        assertThat(alone.problems()).isEmpty();

        // When two workers and an aggregator join in round 1, and the first worker leaves in round 2
        List<String> doneBefore = new ArrayList<>();
        List<String> doneAfter = new ArrayList<>();
        try (OpenCluster cluster = new OpenCluster(directory.resolve("scaled"), files)) {
            List<ServerWorker> first = new ArrayList<>();
            first.add(cluster.serverWorker());
            List<SpecificRecord> decisions = cluster.run(spec, decision -> {
                if (decision instanceof RoundOpened opened && opened.getRound() == 1) {
                    cluster.startServerWorker("server-2");
                    cluster.startServerWorker("server-3");
                    cluster.startAggregator("state-2");
                } else if (decision instanceof RoundOpened) {
                    first.remove(0).close();
                } else if (decision instanceof ServerTaskCompleted done) {
                    (first.isEmpty() ? doneAfter : doneBefore).add(done.getWorker());
                }
            });

            // Then the others did what was left, and every version is the same
            assertThat(cluster.failures()).isEmpty();
            assertThat(decisions.get(decisions.size() - 1)).isInstanceOfSatisfying(RunEnded.class,
                    ended -> assertThat(ended.getOutcome()).as(ended.getReason()).isEqualTo(RunOutcome.COMPLETED));
            assertThat(doneBefore).contains(FIRST);
            assertThat(doneAfter).isNotEmpty().isSubsetOf("server-2", "server-3");
            LogFacts scaled = LogFacts.read(cluster.kafka(), ROUNDS);
            assertThat(scaled.problems()).isEmpty();
            assertThat(scaled.adapters()).isEqualTo(alone.adapters());
            assertThat(scaled.emulators()).isEqualTo(alone.emulators());
        }
    }
}
