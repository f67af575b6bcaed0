package org.fedbiot.learning.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** fedbiot-method 1.1, with its test vectors. */
class LayerSplitTest {

    @ParameterizedTest
    @CsvSource({
        "30, .2, FLOOR, 24, 4 9 14 19 24 28",
        "30, .2, ROUND, 24, 2 7 12 17 22 27",
        "30, .5, FLOOR, 15, 1 3 5 7 9 11 13 15 17 19 21 23 25 27 28",
        "30, .5, ROUND, 15, 1 3 5 7 9 11 13 14 16 18 20 22 24 26 28",
        "28, .2, FLOOR, 22, 4 8 13 17 22 26",
        "28, .2, ROUND, 22, 2 7 11 16 20 25",
        "28, .5, FLOOR, 14, 1 3 5 7 9 11 13 15 17 19 21 23 25 26",
        "28, .5, ROUND, 14, 1 3 5 7 9 11 13 14 16 18 20 22 24 26"})
    void shouldDropTheSpecifiedLayers(int teacher, double rate, LayerRule rule, int kept, String dropped) {
        for (int front : List.of(0, 2)) {
            LayerSplit split = LayerSplit.of(front + teacher + 2, front, 2, rate, rule);

            List<Integer> expected = Arrays.stream(dropped.split(" ")).map(i -> Integer.parseInt(i) + front).toList();
            assertThat(split.keptLayers()).hasSize(kept);
            assertThat(split.teacherLayers()).filteredOn(layer -> !split.keptLayers().contains(layer))
                    .isEqualTo(expected);
        }
    }

    @Test
    void shouldFollowTheAuthorsFloatingPointWhereExactDivisionDiffers() {
        // Given the pair (16, 12), where i * (n - 1) / (m - 1) in integers gives other layers than doubles do.
        List<Integer> exact = IntStream.range(0, 12).map(i -> i * 15 / 11).boxed().toList();

        List<Integer> kept = LayerSplit.of(18, 0, 2, 0.25, LayerRule.FLOOR).keptLayers();

        assertThat(exact).containsExactly(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 15);
        assertThat(kept).containsExactly(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14);
    }

    @Test
    void shouldCutSmolLm2AsTheReferenceDoes() {
        LayerSplit split = LayerSplit.of(30, 0, 4, 0.2, LayerRule.FLOOR);

        assertThat(split.keptLayers()).containsExactly(0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13, 15, 16, 17, 18, 20, 21,
                22, 23, 25);
        assertThat(split.adapterLayers()).containsExactly(26, 27, 28, 29);
        assertThat(split.heldLayers()).hasSize(25).endsWith(25, 26, 27, 28, 29);
    }

    @Test
    void shouldPlaceAFrontAdapter() {
        // FedOT and Offsite-tuning on 32 layers: adapter {0, 1, 30, 31}.
        LayerSplit split = LayerSplit.of(32, 2, 2, 0.2, LayerRule.FLOOR);

        assertThat(split.adapterLayers()).containsExactly(0, 1, 30, 31);
        assertThat(split.frontAdapterLayers()).containsExactly(0, 1);
        assertThat(split.backAdapterLayers()).containsExactly(30, 31);
        assertThat(split.teacherLayers()).hasSize(28).startsWith(2).endsWith(29);
        assertThat(split.heldLayers()).startsWith(0, 1, 2).endsWith(29, 30, 31);
    }

    @Test
    void shouldKeepEveryLayerAtDropRateZero() {
        LayerSplit split = LayerSplit.of(12, 0, 4, 0, LayerRule.FLOOR);

        assertThat(split.keptLayers()).isEqualTo(split.teacherLayers());
    }

    @Test
    void shouldNeverHoldEveryLayerWhenLayersAreDropped() {
        for (int layers = 6; layers < 40; layers++) {
            LayerSplit split = LayerSplit.of(layers, 0, 2, 0.3, LayerRule.FLOOR);

            assertThat(split.heldLayers()).hasSizeLessThan(layers);
        }
    }

    @ParameterizedTest
    @CsvSource({"12, 0, 4, .9, 1", "12, 0, 4, .99, 0", "4, 0, 4, .2, 0", "4, 1, 4, 0, 0", "5, 0, 4, 0, 1"})
    void shouldRefuseFewerThanTwoEmulatorLayers(int layers, int front, int back, double rate, int left) {
        assertThatThrownBy(() -> LayerSplit.of(layers, front, back, rate, LayerRule.FLOOR))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Adapter of " + (front + back) + " layers")
                .hasMessageContaining("drop rate " + rate)
                .hasMessageContaining("leave " + left + " emulator layers of a model with " + layers);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, .2", "-1, 2, .2", "0, 2, 1", "0, 2, -.1", "0, 2, NaN"})
    void shouldRefuseWhatIsNoSplit(int front, int back, double rate) {
        assertThatThrownBy(() -> LayerSplit.of(12, front, back, rate, LayerRule.FLOOR))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldRefuseAWrittenSplitThatIsNone() {
        // A split read back from an event is checked as one that was computed.
        assertThatThrownBy(() -> new LayerSplit(List.of(0, 1, 2), List.of(1, 2), List.of(3)))
                .hasMessageContaining("keep its first");
        assertThatThrownBy(() -> new LayerSplit(List.of(0, 1, 2), List.of(0, 2), List.of(4)))
                .hasMessageContaining("each layer of a model once");
        assertThatThrownBy(() -> new LayerSplit(List.of(1, 2, 3), List.of(1, 3), List.of(0)))
                .hasMessageContaining("last layer must belong to the adapter");
        assertThatThrownBy(() -> new LayerSplit(List.of(0, 1, 3), List.of(0, 3), List.of(2, 4)))
                .hasMessageContaining("contiguous");
    }
}
