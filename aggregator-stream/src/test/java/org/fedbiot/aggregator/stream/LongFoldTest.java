package org.fedbiot.aggregator.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.fedbiot.aggregator.Federation;
import org.fedbiot.aggregator.SignedUpdate;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AdapterShard;
import org.fedbiot.schemas.event.RoundOpened;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folds that take longer than their task waits for them. */
class LongFoldTest {

    private static final int SHARDS = 6;

    private final Federation federation = new Federation("run", 23, 16, 0, "a", "b", "c");
    private final float[] base = federation.vector(1);
    private final RoundOpened opened = federation.opened(1, base);
    private final List<SignedUpdate> updates = List.of(federation.update(opened, "a", 10, federation.vector(11)),
            federation.update(opened, "b", 33, federation.vector(12)),
            federation.update(opened, "c", 7, federation.vector(13)));

    @TempDir
    private Path stateDirectory;
    private Bench bench;

    @BeforeEach
    void startTopology() {
        bench = new Bench(stateDirectory, Duration.ZERO);
    }

    @AfterEach
    void closeTopology() {
        bench.close();
    }

    @Test
    void shouldGoOnWithOtherRecordsAndPublishTheSameBytesLater() throws Exception {
        // Given the version that a fold with time enough gives
        List<AdapterShard> expected;
        try (Bench patient = new Bench(stateDirectory.resolve("patient"))) {
            sendRound(patient);
            expected = patient.folded();
        }

        // When folds are held, and another run comes meanwhile
        bench.holdFolds();
        sendRound(bench);
        long closedAtMillis = bench.lastMillis();
        Federation other = new Federation("run2", 23, 16, 0, "a");
        bench.send(other.adapter(0, base));

        // Then that one is served, the folds are noted, and nothing is folded
        assertThat(bench.published()).extracting(AdapterPublished::getRunId, AdapterPublished::getVersion)
                .containsExactly(tuple("run", 0), tuple("run2", 0));
        assertThat(unfolded()).hasSize(SHARDS);
        assertThat(bench.folded()).isEmpty();

        // When they end, one after the other
        for (int shard = 0; shard < SHARDS; shard++) {
            bench.letFoldsEnd();
            bench.passTime();
        }

        // Then
        assertThat(bench.folded()).isEqualTo(expected);
        assertThat(bench.foldedAtMillis()).containsOnly(closedAtMillis).hasSize(SHARDS);
        assertThat(bench.published()).last().extracting(AdapterPublished::getSha256)
                .isEqualTo(federation.hash(values(expected)));
        assertThat(unfolded()).isEmpty();
    }

    @Test
    void shouldDropTheFoldsOfARunThatEnds() throws Exception {
        // Given
        bench.holdFolds();
        sendRound(bench);

        // When
        bench.send(federation.ended());
        bench.letFoldsEnd();
        bench.passTime();

        // Then
        assertThat(bench.folded()).isEmpty();
        assertThat(bench.keys(ScreeningProcessor.INDEX)).containsExactly("run");
    }

    private void sendRound(Bench to) {
        to.send(federation.adapter(0, base)).send(opened);
        updates.forEach(to::send);
        to.send(federation.closed(opened, updates));
    }

    private List<String> unfolded() {
        return bench.keys(ScreeningProcessor.INDEX).stream().filter(key -> key.startsWith("~unfolded/")).toList();
    }

    private static float[] values(List<AdapterShard> shards) {
        float[] values = new float[shards.get(0).getElements()];
        shards.forEach(shard -> shard.getData().duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer()
                .get(values, shard.getStart(), shard.getData().remaining() / Float.BYTES));
        return values;
    }
}
