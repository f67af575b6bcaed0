package org.fedbiot.learning.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.text.Tokenizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Against what the format's own Python package computed: see gguf_golden.py. */
class GgufGoldenTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @EnumSource(GgmlType.class)
    void shouldWidenBlocksToTheSameBitsAsTheReference(GgmlType type) throws Exception {
        // Given
        JsonNode golden = JSON.readTree(Files.readAllBytes(resource("gguf-blocks.json"))).path(type.name());
        ByteBuffer stored = ByteBuffer.wrap(HexFormat.of().parseHex(golden.path("stored").asText()));
        byte[] expected = HexFormat.of().parseHex(golden.path("float32").asText());
        assertThat(expected).hasSize(512 * Float.BYTES);

        // When
        ByteBuffer widened = ByteBuffer.allocate(expected.length).order(ByteOrder.LITTLE_ENDIAN);
        type.dequantise(stored, widened.asFloatBuffer());

        // Then
        assertThat(widened.array()).isEqualTo(expected);
    }

    @Test
    void shouldReadAWholeModelUnderHuggingFaceNamesAndRowOrder() throws Exception {
        // Given
        JsonNode golden = JSON.readTree(Files.readAllBytes(resource("tiny.json"))).path("sha256");

        // When
        BaseModel model = BaseModel.open(resource("tiny.gguf"));

        // Then
        assertThat(model.config()).isEqualTo(
                new LlamaConfig(model.config().vocabularySize(), 32, 256, 2, 2, 1, 16, 10000.0, 1e-5, true, 64));
        assertThat(model.tensors().names()).hasSize(2 + 2 * 9).hasSameSizeAs(golden);
        for (Iterator<Map.Entry<String, JsonNode>> it = golden.fields(); it.hasNext(); ) {
            Map.Entry<String, JsonNode> tensor = it.next();
            assertThat(sha256(model.tensors().float32(tensor.getKey()))).as(tensor.getKey())
                    .isEqualTo(tensor.getValue().asText());
        }
    }

    @Test
    void shouldTokeniseAsTheVocabularyWasTrained() throws Exception {
        // Given
        JsonNode golden = JSON.readTree(Files.readAllBytes(resource("tiny.json"))).path("tokens");
        assertThat(golden).hasSizeGreaterThan(3);

        try (Tokenizer tokenizer = BaseModel.open(resource("tiny.gguf")).tokenizer()) {
            for (Iterator<Map.Entry<String, JsonNode>> it = golden.fields(); it.hasNext(); ) {
                Map.Entry<String, JsonNode> text = it.next();
                int[] expected = StreamSupport.stream(text.getValue().spliterator(), false)
                        .mapToInt(JsonNode::asInt).toArray();

                // When, Then
                assertThat(tokenizer.encode(text.getKey())).as(text.getKey()).containsExactly(expected);
                assertThat(tokenizer.decode(expected)).isEqualTo(text.getKey().replace("<|im_end|>", ""));
            }
            assertThat(tokenizer.bos()).hasValue(1);
            assertThat(tokenizer.eos()).hasValue(2);
            assertThat(tokenizer.pad()).hasValue(2);
            assertThat(tokenizer.startsWithBos()).isFalse();
        }
    }

    @Test
    void shouldGiveADirectoryWithTheSameWeightsAndTokensWhenWrittenAnew(
            @org.junit.jupiter.api.io.TempDir Path directory) throws Exception {
        // Given
        BaseModel gguf = BaseModel.open(resource("tiny.gguf"));

        // When
        ModelDirectory.write(directory.resolve("model"), gguf.config(), gguf.tensors(), gguf.tokenizerFiles(),
                org.fedbiot.learning.model.BaseType.FLOAT32);
        BaseModel copy = BaseModel.open(directory.resolve("model"));

        // Then
        assertThat(copy.config()).isEqualTo(gguf.config());
        for (String name : gguf.tensors().names()) {
            assertThat(copy.tensors().float32(name)).as(name).isEqualTo(gguf.tensors().float32(name));
        }
        try (Tokenizer before = gguf.tokenizer(); Tokenizer after = copy.tokenizer()) {
            String text = "Natalia sold 48 clips.\n";
            assertThat(after.encode(text)).containsExactly(before.encode(text));
            assertThat(Arrays.asList(after.bos(), after.eos(), after.pad()))
                    .isEqualTo(Arrays.asList(before.bos(), before.eos(), before.pad()));
        }
    }

    private static String sha256(ByteBuffer bytes) throws GeneralSecurityException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(bytes);
        return HexFormat.of().formatHex(digest.digest());
    }

    static Path resource(String name) throws IOException {
        try {
            return Path.of(GgufGoldenTest.class.getResource("/format/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }
}
