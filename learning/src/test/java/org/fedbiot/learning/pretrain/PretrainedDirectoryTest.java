package org.fedbiot.learning.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import org.assertj.core.data.Percentage;
import org.fedbiot.learning.data.generated.Vocabulary;
import org.fedbiot.learning.format.BaseModel;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.model.LlamaWeights;
import org.fedbiot.learning.text.Tokenizer;
import org.fedbiot.learning.torch.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainedDirectoryTest {
    private static final LlamaConfig TINY = new LlamaConfig(368, 16, 32, 3, 2, 1, 8, 10000, 1e-5, true, 128);

    @TempDir
    Path directory;

    @BeforeAll
    static void prepareThread() {
        Torch.useThreads(1);
    }

    @Test
    void shouldWriteAModelThatOpensWithTheSameWeightsToHalfPrecisionAndTheWordsAsTokens() throws IOException {
        try (LlamaWeights weights = LlamaWeights.initial(TINY, 1)) {
            // When
            PretrainedDirectory.write(directory.resolve("m"), weights, "about\n");

            // Then
            BaseModel model = BaseModel.open(directory.resolve("m"));
            assertThat(model.config()).isEqualTo(TINY);
            for (String name : weights.names()) {
                float[] expected = weights.get(name).toFloatArray();
                FloatBuffer actual = model.tensors().float32(name).asFloatBuffer();
                for (float value : expected) {
                    float read = actual.get();
                    if (Math.abs(value) > 1e-4f) {
                        assertThat(read).as(name).isCloseTo(value, Percentage.withPercentage(0.05));
                    }
                }
            }
            try (Tokenizer tokenizer = model.tokenizer()) {
                String text = "depot : sort up : 3 59 12 ? reply :";
                assertThat(tokenizer.encode(text)).isEqualTo(Vocabulary.encode(text));
                assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
                assertThat(tokenizer.addsBos()).isTrue();
                assertThat(tokenizer.bos()).hasValue(Vocabulary.BOS);
                assertThat(tokenizer.eos()).hasValue(Vocabulary.EOS);
            }
        }
    }
}
