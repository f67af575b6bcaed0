package org.fedbiot.aggregator.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.fedbiot.aggregator.ClosedRound;
import org.fedbiot.aggregator.ShardFold;
import org.fedbiot.schemas.event.AggregationRule;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.CloseReason;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.integrity.LittleEndian;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpooledShardsTest {

    private final Map<String, float[]> differences = Map.of("a", new float[] {1, 2, 3, 4, 5},
            "b", new float[] {-1, 0.5f, Float.MIN_VALUE, 9, 8});
    private final List<String> asked = new ArrayList<>();
    private final ShardFold.Differences source = update -> {
        asked.add(update.getClientId());
        float[] values = differences.get(update.getClientId());
        return LittleEndian.bytes(values, 0, values.length);
    };

    @TempDir
    private Path directory;

    @Test
    void shouldReadEachDifferenceOnceHoweverManyRangesAreAskedFor() throws Exception {
        // Given
        Path made = directory.resolve("made");
        try (SpooledShards spooled = new SpooledShards(source, made)) {

            // When
            assertThat(LittleEndian.floats(spooled.of(counted("b")))).containsExactly(differences.get("b"));
            assertThat(LittleEndian.floats(spooled.of(counted("a")))).containsExactly(differences.get("a"));

            // Then
            assertThat(LittleEndian.floats(spooled.of(counted("a"), 1, 3))).containsExactly(2, 3);
            assertThat(LittleEndian.floats(spooled.of(counted("b"), 2, 5)))
                    .containsExactly(Float.MIN_VALUE, 9, 8);
            assertThat(LittleEndian.floats(spooled.of(counted("a"), 4, 5))).containsExactly(5);
            assertThat(asked).containsExactly("b", "a");
        }
        try (var left = Files.list(made)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void shouldGiveAMedianThatTakesTwoRangesTheSameBits() {
        // Given more full shards than the buffer of a rule that ranks holds
        int elements = 131_072;
        List<CountedUpdate> counted = IntStream.range(0, 65)
                .mapToObj(client -> counted(String.format("client-%02d", client))).toList();
        ClosedRound closed = ClosedRound.of(RoundClosed.newBuilder().setRunId("run").setRound(1).setAdapterVersion(0)
                .setAdapterSha256("").setNewAdapterVersion(1).setAdapterElements(elements).setAdapterShards(1)
                .setAggregation(AggregationSettings.newBuilder().setRule(AggregationRule.MEDIAN).build())
                .setReason(CloseReason.ALL_IN).setCounted(counted).build());
        ShardFold.Differences made = update -> {
            asked.add(update.getClientId());
            return made(update.getClientId(), elements);
        };
        float[] expected = ShardFold.fold(closed, 0, new float[elements], Optional.empty(), made).values();
        assertThat(asked).hasSize(2 * 65);
        asked.clear();

        // When
        float[] folded;
        try (SpooledShards spooled = new SpooledShards(made, directory)) {
            folded = ShardFold.fold(closed, 0, new float[elements], Optional.empty(), spooled).values();
        }

        // Then
        assertThat(ShardFold.asksAgain(closed, 0)).isTrue();
        assertThat(asked).hasSize(65);
        assertThat(folded).isEqualTo(expected);
    }

    private static ByteBuffer made(String client, int elements) {
        Random random = new Random(client.hashCode());
        float[] values = new float[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = random.nextFloat();
        }
        return LittleEndian.bytes(values, 0, elements);
    }

    @Test
    void shouldNameTheDirectoryThatTakesNoFile() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "");

        assertThatThrownBy(() -> new SpooledShards(source, file)).isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("no file for a fold can be made in " + file);
    }

    private static CountedUpdate counted(String client) {
        return CountedUpdate.newBuilder().setClientId(client).setUpdateSha256("").setShardSha256(List.of(""))
                .setWeight(1).build();
    }
}
