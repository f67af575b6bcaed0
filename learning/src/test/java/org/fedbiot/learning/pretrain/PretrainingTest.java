package org.fedbiot.learning.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.fedbiot.learning.data.SplitMix64;
import org.fedbiot.learning.data.generated.GeneralText;
import org.fedbiot.learning.model.LayerRef;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.model.LlamaWeights;
import org.fedbiot.learning.pretrain.PretrainingRecipe.Mix;
import org.fedbiot.learning.pretrain.PretrainingRecipe.Stage;
import org.fedbiot.learning.torch.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PretrainingTest {
    private static final LlamaConfig TINY = new LlamaConfig(368, 16, 32, 3, 2, 1, 8, 10000, 1e-5, true, 128);

    @BeforeAll
    static void prepareThread() {
        Torch.useThreads(1);
    }

    @Test
    void shouldLowerTheLossAndGiveTheSameBytesForTheSameSeed() {
        // When
        List<Double> losses = new ArrayList<>();
        try (LlamaWeights one = Pretraining.run(tiny(), 1, (stage, step, loss, weights) -> losses.add(loss));
                LlamaWeights again = Pretraining.run(tiny(), 1, (stage, step, loss, weights) -> { });
                LlamaWeights other = Pretraining.run(tiny(), 2, (stage, step, loss, weights) -> { })) {
            // Then
            assertThat(losses).hasSize(20);
            assertThat(losses.get(0)).isBetween(5.5, 6.3);
            assertThat(losses.subList(17, 20)).allMatch(loss -> loss < losses.get(0) - 0.5);
            for (String name : one.names()) {
                ByteBuffer bytes = one.bytes(name);
                assertThat(bytes).as(name).isEqualTo(again.bytes(name));
                assertThat(bytes).as(name).isNotEqualTo(other.bytes(name));
            }
        }
    }

    @Test
    void shouldScoreOnlyWholeRepliesAsExact() {
        try (LlamaWeights untrained = LlamaWeights.initial(TINY, 1)) {
            SplitMix64 random = new SplitMix64(1);
            assertThat(ReplyScore.exactMatch(untrained, List.of(new LayerRef(0, 0)),
                    List.of(GeneralText.draw(random), GeneralText.draw(random)))).isZero();
        }
    }

    @Test
    void shouldFollowItsSchedule() {
        Stage stage = new Stage("s", 100, 10, 0.5, 0.1, List.of(new Mix(0.3, 0.5, 0), new Mix(1, 0, 0)), 0.2, 0.6);
        assertThat(stage.rate(0)).isEqualTo(0.1);
        assertThat(stage.rate(9)).isEqualTo(1);
        assertThat(stage.rate(50)).isEqualTo(1);
        assertThat(stage.rate(75)).isBetween(0.54, 0.56);
        assertThat(stage.rate(99)).isBetween(0.1, 0.12);
        assertThat(stage.mix(29).restated()).isEqualTo(0.5);
        assertThat(stage.mix(30).restated()).isZero();
        assertThat(stage.layerDrop(59)).isZero();
        assertThat(stage.layerDrop(60)).isEqualTo(0.2);
    }

    @Test
    void shouldFillBatchesWithinTheirLimitsAndUseEveryExampleOnce() {
        BatchStream stream = new BatchStream(tiny(), tiny().stages().get(0), 1);
        int examples = 0;
        for (int step = 0; examples < 32; step++) {
            List<?> batch = stream.next(step);
            assertThat(batch).hasSizeBetween(1, 8);
            examples += batch.size();
        }
        assertThat(examples).isEqualTo(32);
    }

    private static PretrainingRecipe tiny() {
        Stage first = new Stage("first", 10, 2, 1, 1, List.of(new Mix(1, 0, 0.5)), 0, 1);
        Stage second = new Stage("second", 10, 2, 0.5, 0.1, List.of(new Mix(1, 0.3, 0.3)), 0.3, 0.5);
        return new PretrainingRecipe(TINY, 32, 8, 200, 0.02, 1e-2, List.of(first, second));
    }
}
