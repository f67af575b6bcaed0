package org.fedbiot.learning.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.text.SpecialTokens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HuggingFaceConfigTest {
    private static final Path FILE = Path.of("config.json");
    private static final String NEEDED = """
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 100, "hidden_size": 64,
            "intermediate_size": 160, "num_hidden_layers": 6, "num_attention_heads": 4, "rms_norm_eps": 1e-6,
            "max_position_embeddings": 512
            """;

    @Test
    void shouldReadTheShapeAndTheDefaultsOfTheFormat() {
        assertThat(parse("")).isEqualTo(new LlamaConfig(100, 64, 160, 6, 4, 4, 16, 10000.0, 1e-6, false, 512));
        assertThat(parse(", \"num_key_value_heads\": 2, \"head_dim\": 32, \"rope_theta\": 5e5, "
                + "\"tie_word_embeddings\": true"))
                .isEqualTo(new LlamaConfig(100, 64, 160, 6, 4, 2, 32, 5e5, 1e-6, true, 512));
    }

    @Test
    void shouldReadRopeThetaWhereNewerFilesHaveIt() {
        assertThat(parse(", \"rope_parameters\": {\"rope_theta\": 1e5, \"rope_type\": \"default\"}").ropeTheta())
                .isEqualTo(1e5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"hidden_act\": \"silu\"", "\"rope_scaling\": null", "\"attention_bias\": false",
        "\"pretraining_tp\": 1", "\"torch_dtype\": \"bfloat16\"", "\"use_cache\": true", "\"eos_token_id\": [1, 2]",
        "\"rope_interleaved\": false", "\"transformers.js_config\": {}", "\"quantization_config\": null"})
    void shouldAcceptKeysThatChangeNothing(String key) {
        assertThat(parse(", " + key)).isEqualTo(parse(""));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "\"hidden_act\": \"gelu\" | key hidden_act is \"gelu\"",
        "\"rope_scaling\": {\"type\": \"linear\", \"factor\": 2.0} | key rope_scaling.type",
        "\"rope_scaling\": {\"rope_type\": \"llama3\"} | key rope_scaling.rope_type",
        "\"rope_parameters\": {\"rope_type\": \"yarn\"} | key rope_parameters.rope_type",
        "\"attention_bias\": true | key attention_bias is true",
        "\"mlp_bias\": true | key mlp_bias is true",
        "\"sliding_window\": 4096 | key sliding_window (= 4096)",
        "\"quantization_config\": {\"bits\": 4} | key quantization_config",
        "\"partial_rotary_factor\": 0.5 | key partial_rotary_factor is 0.5",
        "\"rope_interleaved\": true | key rope_interleaved is true",
        "\"pretraining_tp\": 2 | key pretraining_tp is 2",
        "\"logit_scale\": 0.0625 | key logit_scale (= 0.0625) is not honoured",
        "\"num_key_value_heads\": 3 | keyValueHeads 3",
        "\"head_dim\": \"x\" | key head_dim must be a whole number",
        "\"vocab_size\": 7 | malformed JSON"})
    void shouldRefuseByTheKey(String key, String message) {
        assertThatThrownBy(() -> parse(", " + key)).isInstanceOf(BadInputException.class)
                .hasMessageContaining("config.json").hasMessageContaining(message).hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model_type", "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers",
        "num_attention_heads", "rms_norm_eps", "max_position_embeddings"})
    void shouldNameAMissingKey(String key) {
        String json = "{" + NEEDED.replaceAll("\"" + key + "\": [^,\\n]+,?\\s*", "")
                .replaceAll(",\\s*$", "") + "}";
        assertThatThrownBy(() -> HuggingFaceConfig.parse(FILE, bytes(json))).isInstanceOf(BadInputException.class)
                .hasMessageContaining("key " + key);
    }

    @Test
    void shouldRefuseAnotherModel() {
        String json = "{" + NEEDED.replace("\"llama\"", "\"mistral\"") + "}";
        assertThatThrownBy(() -> HuggingFaceConfig.parse(FILE, bytes(json)))
                .hasMessageContaining("key model_type is \"mistral\"");
    }

    @Test
    void shouldReadBackWhatItWrites() {
        LlamaConfig config = new LlamaConfig(368, 128, 320, 12, 4, 2, 32, 1e5, 1e-5, true, 256);
        SpecialTokens special = new SpecialTokens(OptionalInt.of(1), OptionalInt.of(2), OptionalInt.of(0));
        assertThat(HuggingFaceConfig.parse(FILE, HuggingFaceConfig.json(config, special, BaseType.BFLOAT16)))
                .isEqualTo(config);
    }

    private static LlamaConfig parse(String more) {
        return HuggingFaceConfig.parse(FILE, bytes("{" + NEEDED + more + "}"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
