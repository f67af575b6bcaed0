package org.fedbiot.learning.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.fedbiot.learning.data.SplitMix64;
import org.fedbiot.learning.data.generated.GeneralText;
import org.fedbiot.learning.data.generated.GeneratedExample;
import org.fedbiot.learning.data.generated.PrivateTask;
import org.fedbiot.learning.format.BaseModel;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.model.LayerRef;
import org.fedbiot.learning.model.LlamaWeights;
import org.fedbiot.learning.torch.Torch;
import org.junit.jupiter.api.Test;

class ShippedModelTest {
    private static final Path SHIPPED = Path.of("..", "models", "fedbiot-small");

    @Test
    void shouldKnowGeneralSkillsAndNothingOfThePrivateTasks() throws Exception {
        // Given
        Torch.useThreads(1);
        BaseModel model = BaseModel.open(SHIPPED);
        assertThat(Files.size(SHIPPED.resolve("model.safetensors"))).isLessThan(16 << 20);
        assertThat(model.config()).isEqualTo(PretrainingRecipe.small().config());
        SplitMix64 random = new SplitMix64(77);
        List<LayerRef> layers = IntStream.range(0, 12).mapToObj(i -> new LayerRef(i, i)).toList();

        try (LlamaWeights weights = LlamaWeights.load(model.config(), model.tensors(), BaseType.FLOAT32)) {
            // When
            double lists = ReplyScore.exactMatch(weights, layers, fifty(random, GeneralText.Kind.LIST));
            double sorts = ReplyScore.exactMatch(weights, layers, fifty(random, GeneralText.Kind.SORT));
            double units = ReplyScore.exactMatch(weights, layers, fifty(random, GeneralText.Kind.UNIT));
            List<GeneratedExample> known = PrivateTask.domains().stream()
                    .flatMap(domain -> Stream.generate(() -> PrivateTask.B.draw(random, domain)).limit(30)).toList();

            // Then
            assertThat(lists).isGreaterThan(0.75);
            assertThat(sorts).isGreaterThan(0.65);
            assertThat(units).isGreaterThan(0.9);
            assertThat(ReplyScore.exactMatch(weights, layers, known)).isLessThan(0.02);
        }
    }

    private static List<GeneratedExample> fifty(SplitMix64 random, GeneralText.Kind kind) {
        return Stream.generate(() -> GeneralText.draw(random, kind)).limit(50).toList();
    }
}
