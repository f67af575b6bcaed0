package org.fedbiot.learning.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;
import org.fedbiot.learning.torch.Torch;
import org.junit.jupiter.api.Test;

class FactorLayoutTest {
    private static final LlamaConfig LLAMA_2_7B = new LlamaConfig(32000, 4096, 11008, 32, 32, 32, 128, 10000, 1e-5, false, 4096);
    private static final LlamaConfig SMOLLM2 = new LlamaConfig(49152, 576, 1536, 30, 9, 3, 64, 100000, 1e-5, true, 8192);

    @Test
    void shouldCountParametersAsTheMethodDoes() {
        // fedbiot-method 1.8
        assertThat(LLAMA_2_7B.layerParameters()).isEqualTo(202_383_360L);
        assertThat(LLAMA_2_7B.otherParameters()).isEqualTo(262_144_000L + 4_096);
        assertThat(LLAMA_2_7B.parameters()).isEqualTo(6_738_415_616L);
        assertThat(SMOLLM2.parameters()).isEqualTo(134_515_008L);
        assertThat(FactorLayout.of(LLAMA_2_7B, new LoraSpec(8, 16, .05, List.of(Projection.Q, Projection.V)), List.of(30, 31)).elements()).isEqualTo(262_144);
    }

    @Test
    void shouldReadBackTheNamesThatTravel() {
        FactorLayout layout = FactorLayout.of(SMOLLM2, new LoraSpec(8, 16, 0, List.of(Projection.values())), List.of(7, 29));

        List<FactorTensor> read = layout.tensors().stream()
                .map(tensor -> FactorTensor.of(tensor.name(), tensor.rows(), tensor.columns())).toList();

        assertThat(read).isEqualTo(layout.tensors());
        assertThatThrownBy(() -> FactorTensor.of("layers.3.self_attn.k_proj.weight", 1, 1))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("layers.3.self_attn.k_proj.weight");
        assertThatThrownBy(() -> FactorTensor.of("layers.3.self_attn.x_proj.lora_A", 1, 1))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no such projection");
    }

    @Test
    void shouldOrderLayersThenTargetsThenAAndB() {
        LoraSpec spec = new LoraSpec(8, 16, 0, List.of(Projection.DOWN, Projection.K));

        FactorLayout layout = FactorLayout.of(SMOLLM2, spec, List.of(29, 3));

        assertThat(layout.tensors()).extracting(FactorTensor::name, FactorTensor::rows, FactorTensor::columns).containsExactly(
                tuple("layers.3.self_attn.k_proj.lora_A", 8, 576), tuple("layers.3.self_attn.k_proj.lora_B", 192, 8),
                tuple("layers.3.mlp.down_proj.lora_A", 8, 1536), tuple("layers.3.mlp.down_proj.lora_B", 576, 8),
                tuple("layers.29.self_attn.k_proj.lora_A", 8, 576), tuple("layers.29.self_attn.k_proj.lora_B", 192, 8),
                tuple("layers.29.mlp.down_proj.lora_A", 8, 1536), tuple("layers.29.mlp.down_proj.lora_B", 576, 8));
    }

    @Test
    void shouldStartWithUniformAAndZeroBByNameAndSeed() {
        LoraSpec spec = new LoraSpec(8, 16, 0, List.of(Projection.Q));
        FactorVector both = FactorVector.initial(FactorLayout.of(SMOLLM2, spec, List.of(4, 5)), 1);
        FactorVector one = FactorVector.initial(FactorLayout.of(SMOLLM2, spec, List.of(5)), 1);

        float[] values = one.values();
        int a = 8 * 576;
        double squares = 0;
        for (int i = 0; i < a; i++) {
            assertThat(Math.abs(values[i])).isLessThanOrEqualTo((float) (1 / Math.sqrt(576)));
            squares += (double) values[i] * values[i];
        }
        assertThat(squares / a * 576 * 3).as("variance of a uniform, in units of bound²/3").isBetween(.95, 1.05);
        assertThat(Arrays.copyOfRange(values, a, values.length)).containsOnly(0);
        assertThat(Arrays.copyOfRange(both.values(), values.length, 2 * values.length)).as("a layer's start does not depend on its neighbours").containsExactly(values);
        assertThat(FactorVector.initial(one.layout(), 2)).isNotEqualTo(one);
    }

    @Test
    void shouldSurviveTheWayThroughNativeMemory() {
        FactorVector values = GoldenCase.factors(List.of(1, 2));
        try (NDManager manager = Torch.newManager(); LoraParameters lora = new LoraParameters(manager, values, GoldenCase.spec(), true)) {
            assertThat(lora.toVector()).isEqualTo(values);
            assertThat(lora.factors(1, Projection.UP)).isPresent();
            assertThat(lora.factors(0, Projection.UP)).isEmpty();
        }
        assertThat(values.minus(values)).isEqualTo(FactorVector.zeros(values.layout()));
        assertThatThrownBy(() -> values.minus(GoldenCase.factors(List.of(1)))).hasMessageContaining("different layouts");
    }

}
