package org.fedbiot.learning.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.text.Tokenizer;
import org.junit.jupiter.api.Test;

/** The vector of real-model.md, where the model was pulled. */
class RealModelTest {
    @Test
    void shouldReadSmolLm2AndItsTokenizer() {
        // Given
        String home = System.getenv("FEDBIOT_HOME");
        Path directory = (home == null ? Path.of(System.getProperty("user.home"), ".fedbiot") : Path.of(home))
                .resolve("models/smollm2-135m-instruct");
        assumeTrue(Files.isDirectory(directory), "not pulled: " + directory);

        // When
        BaseModel model = BaseModel.open(directory);

        // Then
        assertThat(model.config()).isEqualTo(
                new LlamaConfig(49152, 576, 1536, 30, 9, 3, 64, 100000.0, 1e-5, true, 8192));
        try (Tokenizer tokenizer = model.tokenizer()) {
            assertThat(tokenizer.encode("Natalia sold 48/2 = 24 clips.\n\n### Response:\nIt's 1234 — café"))
                    .containsExactly(62, 6927, 542, 3459, 216, 36, 40, 31, 34, 446, 216, 34, 36, 23026, 30, 198, 198, 3757,
                            14212, 42, 198, 1589, 506, 216, 33, 34, 35, 36, 1841, 37366);
            assertThat(tokenizer.bos()).hasValue(1);
            assertThat(tokenizer.eos()).hasValue(2);
            assertThat(tokenizer.pad()).hasValue(2);
            assertThat(tokenizer.startsWithBos()).isFalse();
        }
    }
}
