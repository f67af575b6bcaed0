package org.fedbiot.learning.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.model.FactorLayout;
import org.fedbiot.learning.model.FactorTensor;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.learning.model.Projection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportTest {
    private static final LoraSpec SPEC =
            new LoraSpec(2, 4, 0.05, List.of(Projection.Q, Projection.K, Projection.DOWN));
    @TempDir
    Path directory;

    @Test
    void shouldNamePeftTensorsByFullModelLayers() throws IOException {
        // Given factors of layers 1 and 2 of 3
        FactorVector factors = factors(new TinyModel(true, 7).config(), 1, 2);

        // When
        PeftExport.write(directory.resolve("adapter"), "some/base", SPEC, factors);

        // Then
        SafetensorsFile file = SafetensorsFile.open(directory.resolve("adapter/adapter_model.safetensors"));
        assertThat(file.names()).hasSize(12)
                .contains("base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight",
                        "base_model.model.model.layers.2.mlp.down_proj.lora_B.weight")
                .noneMatch(name -> name.contains("layers.0."));
        assertThat(file.shape("base_model.model.model.layers.2.mlp.down_proj.lora_A.weight")).containsExactly(2, 24);
        assertThat(file.shape("base_model.model.model.layers.2.self_attn.k_proj.lora_B.weight")).containsExactly(8, 2);
        int at = 0;
        float[] values = factors.values();
        for (FactorTensor tensor : factors.layout().tensors()) {
            assertThat(file.float32("base_model.model.model." + tensor.name() + ".weight"))
                    .isEqualTo(LittleEndianFloats.bytes(values, at, tensor.elements()));
            at += tensor.elements();
        }
        JsonNode config = new ObjectMapper().readTree(
                Files.readAllBytes(directory.resolve("adapter/adapter_config.json")));
        assertThat(config.path("layers_to_transform").toString()).isEqualTo("[1,2]");
        assertThat(config.path("layers_pattern").asText()).isEqualTo("layers");
        assertThat(config.path("target_modules").toString()).isEqualTo("[\"q_proj\",\"k_proj\",\"down_proj\"]");
        assertThat(config.path("r").asInt()).isEqualTo(2);
        assertThat(config.path("lora_alpha").asInt()).isEqualTo(4);
        assertThat(config.path("base_model_name_or_path").asText()).isEqualTo("some/base");
        assertThat(directory.resolve("adapter/README.md")).content().contains("base_model: some/base", "[1, 2]");
    }

    @Test
    void shouldFoldFactorsIntoTheirLayersOnly() throws IOException {
        // Given
        TinyModel tiny = new TinyModel(false, 7);
        ModelDirectory.write(directory.resolve("base"), tiny.config(), tiny, tiny.tokenizer(), BaseType.FLOAT32);
        BaseModel base = BaseModel.open(directory.resolve("base"));
        FactorVector factors = factors(tiny.config(), 1, 2);

        // When
        MergedExport.write(directory.resolve("merged"), base, SPEC, factors, BaseType.FLOAT32);
        BaseModel merged = BaseModel.open(directory.resolve("merged"));

        // Then
        for (String name : tiny.names()) {
            boolean adapted = name.matches("model\\.layers\\.[12]\\..*(q_proj|k_proj|down_proj)\\.weight");
            if (adapted) {
                assertMerged(name, tiny, factors, merged);
            } else {
                assertThat(merged.tensors().float32(name)).as(name).isEqualTo(tiny.float32(name));
            }
        }
        assertThat(merged.sha256()).isNotEqualTo(base.sha256());
    }

    @Test
    void shouldGiveTheDecodersLogitsFromTheMergedModelAlone() throws IOException {
        // Given a base, an adapter and the merged model, as peft_check.py gets them
        ExportedLogits.main(new String[] {directory.toString()});
        BaseModel base = BaseModel.open(directory.resolve("base"));
        BaseModel merged = BaseModel.open(directory.resolve("merged"));
        JsonNode withAdapter = new ObjectMapper().readTree(Files.readAllBytes(directory.resolve("logits.json")));
        int[] tokens = new int[withAdapter.path("tokens").size()];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = withAdapter.path("tokens").get(i).asInt();
        }
        FactorVector none = FactorVector.zeros(ExportedLogits.layout(base));

        // When
        float[] alone = ExportedLogits.logits(merged, none, tokens);
        float[] raw = ExportedLogits.logits(base, none, tokens);

        // Then
        int width = base.config().vocabularySize();
        double effect = 0;
        for (int i = 0; i < alone.length; i++) {
            double expected = withAdapter.path("logits").get(i / width).get(i % width).asDouble();
            assertThat((double) alone[i]).isCloseTo(expected, within(2e-5));
            effect = Math.max(effect, Math.abs(raw[i] - expected));
        }
        assertThat(effect).isGreaterThan(0.5);
    }

    @Test
    void shouldWidenAQuantisedBaseBeforeItMerges() throws IOException {
        // Given
        BaseModel base = BaseModel.open(GgufGoldenTest.resource("tiny.gguf"));
        FactorVector zeros = FactorVector.zeros(FactorLayout.of(base.config(), SPEC, List.of(1)));

        // When
        MergedExport.write(directory.resolve("merged"), base, SPEC, zeros, BaseType.FLOAT32);

        // Then
        BaseModel merged = BaseModel.open(directory.resolve("merged"));
        for (String name : base.tensors().names()) {
            assertThat(merged.tensors().storedType(name)).isEqualTo("F32");
            assertThat(merged.tensors().float32(name)).as(name).isEqualTo(base.tensors().float32(name));
        }
    }

    @Test
    void shouldRefuseFactorsOfAnotherModelAndLeaveNothing() throws IOException {
        TinyModel tiny = new TinyModel(true, 7);
        ModelDirectory.write(directory.resolve("base"), tiny.config(), tiny, tiny.tokenizer(), BaseType.FLOAT32);
        BaseModel base = BaseModel.open(directory.resolve("base"));
        FactorVector beyond = factors(tiny.config(), 3);

        assertThatThrownBy(() -> MergedExport.write(directory.resolve("merged"), base, SPEC, beyond, BaseType.FLOAT32))
                .hasMessageContaining("model.layers.3.");
        assertThat(list()).containsExactly("base");
    }

    @Test
    void shouldReplaceAnEarlierExportAndNothingElse() throws IOException {
        // Given
        FactorVector factors = factors(new TinyModel(true, 7).config(), 1);
        Path target = directory.resolve("adapter");
        PeftExport.write(target, "first", SPEC, factors);

        // When
        PeftExport.write(target, "second", SPEC, factors);

        // Then
        assertThat(target.resolve("README.md")).content().contains("second").doesNotContain("first");
        assertThat(list()).containsExactly("adapter");

        // And what a person put there stays
        Files.writeString(target.resolve("notes.txt"), "mine");
        assertThatThrownBy(() -> PeftExport.write(target, "third", SPEC, factors))
                .isInstanceOf(BadInputException.class).hasMessageContaining("notes.txt");
        assertThat(target.resolve("notes.txt")).hasContent("mine");
        assertThat(list()).containsExactly("adapter");
    }

    private static void assertMerged(String name, TinyModel tiny, FactorVector factors, BaseModel merged) {
        List<FactorTensor> tensors = factors.layout().tensors();
        String inVector = name.substring("model.".length(), name.length() - ".weight".length());
        float[] a = new float[0];
        float[] b = new float[0];
        int at = 0;
        for (FactorTensor tensor : tensors) {
            float[] slice = java.util.Arrays.copyOfRange(factors.values(), at, at + tensor.elements());
            a = tensor.name().equals(inVector + ".lora_A") ? slice : a;
            b = tensor.name().equals(inVector + ".lora_B") ? slice : b;
            at += tensor.elements();
        }
        long[] shape = tiny.shape(name);
        FloatBuffer actual = merged.tensors().float32(name).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        for (int row = 0; row < shape[0]; row++) {
            for (int column = 0; column < shape[1]; column++) {
                int in = (int) shape[1];
                // rank 2, alpha 4: twice the product
                double delta = 2.0 * ((double) b[2 * row] * a[column] + (double) b[2 * row + 1] * a[in + column]);
                assertThat((double) actual.get(row * in + column)).as("%s[%d,%d]", name, row, column)
                        .isCloseTo(tiny.values(name)[row * in + column] + delta, within(1e-6));
                assertThat(delta).isNotZero();
            }
        }
    }

    private static FactorVector factors(LlamaConfig config, Integer... layers) {
        FactorLayout layout = FactorLayout.of(config, SPEC, List.of(layers));
        float[] values = new float[layout.elements()];
        Random random = new Random(3);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return FactorVector.of(layout, values);
    }

    private List<String> list() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }
}
