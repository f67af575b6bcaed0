package org.fedbiot.learning.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.text.TokenizerFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaseModelTest {
    @TempDir
    Path directory;

    @Test
    void shouldGiveBackAWrittenModelBitForBit() throws IOException {
        for (boolean tied : new boolean[] {true, false}) {
            // Given
            TinyModel tiny = new TinyModel(tied, 7);
            Path target = directory.resolve("model-" + tied);

            // When
            ModelDirectory.write(target, tiny.config(), tiny, tiny.tokenizer(), BaseType.FLOAT32);
            BaseModel model = BaseModel.open(target);

            // Then
            assertThat(model.config()).isEqualTo(tiny.config());
            assertThat(model.tensors().names()).containsExactlyInAnyOrderElementsOf(tiny.names());
            for (String name : tiny.names()) {
                assertThat(model.tensors().float32(name)).as(name).isEqualTo(tiny.float32(name));
            }
            assertThat(model.files(tiny.config().withLayers(2), BaseType.FLOAT32))
                    .containsOnlyKeys("config.json", "tokenizer.json", "tokenizer_config.json")
                    .hasEntrySatisfying("config.json", json -> assertThat(HuggingFaceConfig.parse(target, json).layers())
                            .isEqualTo(2));
        }
    }

    @Test
    void shouldIdentifyWeightsWhereverTheyLie() throws IOException {
        // Given
        TinyModel tiny = new TinyModel(true, 7);
        String original = write("a", tiny, BaseType.FLOAT32).sha256();

        // Then the place and the tokenizer do not count
        assertThat(write("b", tiny, BaseType.FLOAT32).sha256()).isEqualTo(original).matches("[0-9a-f]{64}");
        // And one weight, the stored type and the shape do
        assertThat(write("c", new TinyModel(true, 8), BaseType.FLOAT32).sha256()).isNotEqualTo(original);
        assertThat(write("d", tiny, BaseType.BFLOAT16).sha256()).isNotEqualTo(original);
        Path config = directory.resolve("b/config.json");
        Files.writeString(config, Files.readString(config).replace("10000.0", "20000.0"));
        assertThat(BaseModel.open(directory.resolve("b")).sha256()).isNotEqualTo(original);
    }

    @Test
    void shouldNameWhatIsMissingOrDoesNotFit() throws IOException {
        refused(directory.resolve("nowhere"), "no model there");
        refused(Files.createDirectory(directory.resolve("empty")), "holds neither config.json nor a .gguf file");
        refused(Files.createFile(directory.resolve("model.bin")), "a model is a directory or a .gguf file");

        Path model = write("m", new TinyModel(true, 7), BaseType.FLOAT32).location();
        Path config = model.resolve("config.json");
        String json = Files.readString(config);
        Files.writeString(config, json.replace("\"num_hidden_layers\" : 3", "\"num_hidden_layers\" : 4"));
        refused(model, "no tensor model.layers.3.input_layernorm.weight");
        Files.writeString(config, json.replace("\"num_hidden_layers\" : 3", "\"num_hidden_layers\" : 2"));
        refused(model, "tensor model.layers.2.");
        Files.writeString(config, json.replace("\"intermediate_size\" : 24", "\"intermediate_size\" : 32"));
        refused(model, "has shape [24, 16], by the config it must be [32, 16]");
        Files.writeString(config, json.replace("\"vocab_size\" : 20", "\"vocab_size\" : 10"));
        refused(model, "tensor model.embed_tokens.weight has shape [20, 16]");
        Files.writeString(config, json.replace("{", "{\"mystery\": 3,"));
        refused(model, "key mystery (= 3)");
        Files.writeString(config, json.substring(0, 40));
        refused(model, "config.json: malformed JSON");
        Files.writeString(config, json);
        Files.delete(model.resolve("tokenizer.json"));
        refused(model, "tokenizer.json: missing");
        Files.delete(model.resolve("model.safetensors"));
        refused(model, "holds neither model.safetensors nor");
    }

    @Test
    void shouldRefuseATokenizerOfAnotherModel() throws IOException {
        Path model = write("m", new TinyModel(true, 7), BaseType.FLOAT32).location();
        TokenizerFiles other = BaseModel.open(GgufGoldenTest.resource("tiny.gguf")).tokenizerFiles();
        Files.write(model.resolve("tokenizer.json"), other.tokenizerJson());
        Files.write(model.resolve("tokenizer_config.json"), other.tokenizerConfigJson());
        refused(model, "tokenizer of another model: it has ids up to 329, the model's embedding has 20 rows");
    }

    private BaseModel write(String name, TinyModel tiny, BaseType type) throws IOException {
        Path target = directory.resolve(name);
        ModelDirectory.write(target, tiny.config(), tiny, tiny.tokenizer(), type);
        return BaseModel.open(target);
    }

    private static void refused(Path model, String message) {
        assertThatThrownBy(() -> BaseModel.open(model)).isInstanceOf(BadInputException.class)
                .hasMessageContaining(model.toString()).hasMessageContaining(message).hasMessageNotContaining("\n");
    }
}
