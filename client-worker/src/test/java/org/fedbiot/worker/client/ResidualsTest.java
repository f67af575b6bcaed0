package org.fedbiot.worker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.fedbiot.schemas.event.UpdateCodec;
import org.fedbiot.schemas.integrity.ShardPlan;
import org.fedbiot.schemas.payload.ShardCodec;
import org.fedbiot.worker.version.PayloadMissingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResidualsTest {

    private static final float[] NOTHING = {0, 0, 0};
    private static final float[] ONE = {1, -1, 0.5f};
    private static final float[] TWO = {2, -2, 0.25f};
    private static final float[] FOUR = {4, -4, 0.125f};

    @TempDir
    private Path directory;

    @Test
    void shouldBeginWithNothingInEveryRun() {
        residuals().keep("run", 1, ONE);

        assertThat(residuals().before("run", 1, 3)).containsExactly(NOTHING);
        assertThat(residuals().before("run-2", 7, 3)).containsExactly(NOTHING);
    }

    @Test
    void shouldGiveTheSameBeforeARoundHoweverOftenItIsDone() {
        // Given a client that was not called to round 3
        residuals().keep("run", 1, ONE);
        residuals().keep("run", 2, TWO);

        // When it does round 4, dies, and does it again
        float[] first = residuals().before("run", 4, 3);
        residuals().keep("run", 4, FOUR);
        float[] again = residuals().before("run", 4, 3);

        // Then
        assertThat(first).containsExactly(TWO);
        assertThat(again).containsExactly(TWO);
        assertThat(residuals().before("run", 5, 3)).containsExactly(FOUR);
    }

    @Test
    void shouldKeepTwoRoundsAtMost() throws IOException {
        for (int round = 1; round <= 5; round++) {
            residuals().keep("run", round, ONE);
        }

        assertThat(names("run")).containsExactlyInAnyOrder("4.residual", "5.residual");
    }

    @Test
    void shouldHandInTheSameBytesAfterADeathInTheMiddleOfARound() {
        // Given two rounds that were handed in
        ShardCodec codec = ShardCodec.of(UpdateCodec.INT8);
        ShardPlan plan = new ShardPlan(3, 8);
        handIn(codec, plan, 1, new float[] {1, 0.3f, -0.001f});
        handIn(codec, plan, 2, new float[] {1, 0.3f, -0.001f});

        // When the third is worked out twice, by processes that share the disk alone
        List<ByteBuffer> before = handIn(codec, plan, 3, new float[] {0.9f, 0.2f, 0.001f});
        List<ByteBuffer> after = handIn(codec, plan, 3, new float[] {0.9f, 0.2f, 0.001f});

        // Then
        assertThat(after).isEqualTo(before);
        assertThat(after).isNotEqualTo(codec.encode(plan, new float[] {0.9f, 0.2f, 0.001f}));
    }

    private List<ByteBuffer> handIn(ShardCodec codec, ShardPlan plan, int round, float[] difference) {
        EncodedUpdate update =
                EncodedUpdate.of(codec, plan, difference, residuals().before("run", round, difference.length));
        residuals().keep("run", round, update.lost());
        return update.shards();
    }

    @ParameterizedTest
    @ValueSource(strings = {"changed", "truncated", "other length"})
    void shouldBeginWithNothingWhereTheFileIsNotWhatWasWritten(String damage) throws IOException {
        residuals().keep("run", 1, ONE);
        Path file = directory.resolve("run").resolve("1.residual");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= damage.equals("changed") ? 1 : 0;
        Files.write(file, damage.equals("truncated") ? new byte[0] : bytes);

        int elements = damage.equals("other length") ? 4 : 3;
        assertThat(residuals().before("run", 2, elements)).containsOnly(0f).hasSize(elements);
    }

    @Test
    void shouldPassOverWhatADyingProcessLeft() throws IOException {
        residuals().keep("run", 1, ONE);
        Files.write(directory.resolve("run").resolve("2.part"), new byte[] {1});

        assertThat(residuals().before("run", 3, 3)).containsExactly(ONE);
        residuals().keep("run", 2, TWO);
        assertThat(residuals().before("run", 3, 3)).containsExactly(TWO);
    }

    @Test
    void shouldLetGoOfARunThatIsOver() throws IOException {
        residuals().keep("run", 1, ONE);
        residuals().keep("other", 1, TWO);
        Files.write(directory.resolve("run").resolve("2.part"), new byte[] {1});

        residuals().drop("run");
        residuals().drop("never-seen");

        assertThat(residuals().has("run")).isFalse();
        assertThat(residuals().has("other")).isTrue();
        assertThat(directory.resolve("run")).doesNotExist();
        assertThat(names("other")).containsExactly("1.residual");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "a/b", "/a", "A"})
    void shouldNotLeaveItsDirectory(String runId) {
        assertThatThrownBy(() -> residuals().keep(runId, 1, ONE)).isInstanceOf(PayloadMissingException.class)
                .hasMessageContaining("\"" + runId + "\"");
        assertThat(residuals().has(runId)).isFalse();
    }

    @Test
    void shouldSayWhereItCannotWrite() throws IOException {
        Path file = Files.write(directory.resolve("file"), new byte[0]);

        assertThatThrownBy(() -> new Residuals(file).keep("run", 1, ONE)).isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(file.resolve("run").toString());
    }

    /** Each a process of its own. */
    private Residuals residuals() {
        return new Residuals(directory);
    }

    private List<String> names(String runId) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve(runId))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
