package org.fedbiot.learning.format;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.assertj.core.api.AbstractThrowableAssert;
import org.fedbiot.learning.BadInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BadGgufTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 20, 30, 200, 9000, 20000, 60000})
    void shouldNameATruncatedFile(int bytes) throws IOException {
        refused(Arrays.copyOf(golden(), bytes)).hasMessageMatching("(?s).*model\\.gguf: (truncated|not a GGUF|damaged).*");
    }

    @Test
    void shouldNameTheTensorThatTheTruncationCuts() throws IOException {
        byte[] whole = golden();
        refused(Arrays.copyOf(whole, whole.length - 64)).hasMessageContaining("truncated: tensor ");
    }

    @ParameterizedTest
    @CsvSource({"0, 5, not a GGUF file", "4, 9, GGUF version 9", "15, 127, tensor count", "23, 64, key count"})
    void shouldRefuseADamagedHead(int at, int value, String message) throws IOException {
        byte[] bytes = golden();
        bytes[at] = (byte) value;
        refused(bytes).hasMessageContaining(message);
    }

    @Test
    void shouldNotAllocateWhatALengthClaims() throws IOException {
        // Given a first key whose name claims to be 2^62 bytes
        byte[] bytes = golden();
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(24, 1L << 62);

        // Then
        refused(bytes).hasMessageContaining("length of a key's name");
    }

    @ParameterizedTest
    @CsvSource({"llama.rope.dimension_count, llama.rope.dimension_COUNT, not honoured",
        "general.architecture, general.architectuRE, general.architecture is missing",
        "blk.0.attn_q.weight, blk.0.attn_q.weighT, tensor blk.0.attn_q.weighT has no place",
        "smollm, smollX, tokenizer.ggml.pre is smollX",
        "tokenizer.ggml.merges, tokenizer.ggml.merGes, tokenizer.ggml.merges is missing"})
    void shouldRefuseByTheNameOfTheKeyOrTensor(String text, String other, String message) throws IOException {
        refused(replaced(golden(), text, other)).hasMessageContaining(message);
    }

    @Test
    void shouldRefuseATypeThatIsNotRead() throws IOException {
        // Given the type of blk.0.ffn_down.weight set to Q4_K (12): name, dimensions, 2 sizes, then the type
        byte[] bytes = golden();
        int name = indexOf(bytes, "blk.0.ffn_down.weight");
        bytes[name + "blk.0.ffn_down.weight".length() + 4 + 16] = 12;

        // Then
        refused(bytes).hasMessageContaining("blk.0.ffn_down.weight is stored as Q4_K");
    }

    private AbstractThrowableAssert<?, ? extends Throwable> refused(byte[] bytes) throws IOException {
        Path file = Files.write(directory.resolve("model.gguf"), bytes);
        return assertThatThrownBy(() -> BaseModel.open(file)).isInstanceOf(BadInputException.class)
                .hasMessageContaining("model.gguf").hasMessageNotContaining("\n");
    }

    private static byte[] golden() throws IOException {
        return Files.readAllBytes(GgufGoldenTest.resource("tiny.gguf"));
    }

    private static byte[] replaced(byte[] bytes, String text, String other) {
        int at = indexOf(bytes, text);
        System.arraycopy(other.getBytes(StandardCharsets.UTF_8), 0, bytes, at, other.length());
        return bytes;
    }

    private static int indexOf(byte[] bytes, String text) {
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
        if (at < 0) {
            throw new IllegalArgumentException(text);
        }
        return at;
    }
}
