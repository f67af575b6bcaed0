package org.fedbiot.learning.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.regex.Pattern;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.model.LlamaWeights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CompressedModelTest {
    private static final Pattern LAYER = Pattern.compile("layers\\.(\\d+)\\.");

    @ParameterizedTest
    @EnumSource(BaseType.class)
    void shouldHoldTheSplitsLayersRenumbered(BaseType type) {
        LayerSplit split = TinyModel.split(1, 0.3);
        try (LlamaWeights full = TinyModel.weights(type)) {
            CompressedModel compressed = CompressedModel.of(full, split);

            // Adapter 0 5 6 and kept 1 2 4 of the teacher stack 1..4: layer 3 stays home.
            assertThat(split.heldLayers()).containsExactly(0, 1, 2, 4, 5, 6);
            assertThat(compressed.config()).isEqualTo(TinyModel.CONFIG.withLayers(6));
            assertThat(compressed.tensors()).extracting(CompressedTensor::name)
                    .containsExactlyElementsOf(LlamaWeights.shapes(compressed.config()).keySet());
            for (CompressedTensor tensor : compressed.tensors()) {
                String origin = LAYER.matcher(tensor.name()).replaceAll(name ->
                        "layers." + split.heldLayers().get(Integer.parseInt(name.group(1))) + ".");
                assertThat(tensor.bytes()).as(tensor.name()).isEqualTo(full.bytes(origin));
                assertThat(tensor.type()).isEqualTo(type);
            }
        }
    }

    @Test
    void shouldCountParameters() {
        LayerSplit split = TinyModel.split(0, 0.4);
        try (LlamaWeights full = TinyModel.weights(BaseType.FLOAT32)) {
            CompressedModel compressed = CompressedModel.of(full, split);

            long layer = 16 * 16 * 2 + 16 * 8 * 2 + 3 * 16 * 24 + 2 * 16;
            long other = 2 * 24 * 16 + 16;
            assertThat(compressed.heldParameters()).isEqualTo(5 * layer + other);
            assertThat(compressed.totalParameters()).isEqualTo(7 * layer + other);
            assertThat(compressed.exposedShare()).isEqualTo((5.0 * layer + other) / (7 * layer + other));
        }
    }

    @Test
    void shouldRefuseWeightsOfAnotherSplit() {
        try (LlamaWeights full = TinyModel.weights(BaseType.FLOAT32)) {
            assertThatThrownBy(() -> SplitModel.onClient(full, TinyModel.split(0, 0.4)))
                    .hasMessageContaining("holds 5 on a client, the weights have 7");
            assertThatThrownBy(() -> SplitModel.onServer(full, LayerSplit.of(9, 0, 2, 0, LayerRule.FLOOR)))
                    .hasMessageContaining("holds 9 on the server, the weights have 7");
        }
    }

    @Test
    void shouldGiveAClientNoTeacher() {
        LayerSplit split = TinyModel.split(0, 0.4);
        try (LlamaWeights full = TinyModel.weights(BaseType.FLOAT32);
                LlamaWeights held = TinyModel.client(CompressedModel.of(full, split));
                SplitModel client = SplitModel.onClient(held, split)) {
            assertThat(client.holdsFull()).isFalse();
            assertThat(client.compressed()).extracting("modelLayer").isEqualTo(split.heldLayers());
            assertThat(client.compressed()).extracting("weightLayer").isEqualTo(List.of(0, 1, 2, 3, 4));
            assertThatThrownBy(client::teacher).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(client::full).isInstanceOf(IllegalStateException.class);
        }
    }
}
