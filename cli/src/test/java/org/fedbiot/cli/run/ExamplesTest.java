package org.fedbiot.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.fedbiot.cli.Fedbiot;
import org.fedbiot.cli.settings.RunFile;
import org.fedbiot.cli.settings.RunSettings;
import org.fedbiot.cli.settings.SettingsTree;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The runs in examples/, as a person would try them: without a cluster. */
class ExamplesTest {

    private static final Path EXAMPLES = Path.of("..", "examples");

    @TempDir
    static Path temp;

    @BeforeAll
    static void atHome() {
        System.setProperty("fedbiot.home", "..");
        System.setProperty("org.slf4j.simpleLogger.logFile", temp.resolve("fedbiot.log").toString());
    }

    static Stream<Path> examples() throws IOException {
        return Files.list(EXAMPLES).filter(file -> file.toString().endsWith(".yaml"));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void shouldAcceptEveryExampleInADryRun(Path example) {
        Fedbiot.Printed printed = dryRun(example.getFileName().toString());

        assertThat(printed.code()).as(printed.err()).isZero();
        JsonNode dryRun = printed.json();
        assertThat(dryRun.get("spec").get("runId")).isEqualTo(dryRun.get("runId"));
        assertThat(dryRun.get("notChecked")).last().asString().contains("the cluster");
    }

    @Test
    void shouldHaveThreeExamples() throws IOException {
        assertThat(examples()).extracting(file -> file.getFileName().toString())
                .contains("quickstart.yaml", "gsm8k-smollm2.yaml", "llama-2-7b.yaml");
    }

    @ParameterizedTest
    @CsvSource({"quickstart.yaml, fedbiot-small", "gsm8k-smollm2.yaml, smollm2-135m-instruct"})
    void shouldSetWhatTheQuickstartSetsForThatModel(String example, String preset) {
        assertThat(RunFile.read(EXAMPLES.resolve(example), Map.of()).settings())
                .isEqualTo(RunSettings.of(SettingsTree.ofPreset(preset)));
    }

    /** The sizes of fedbiot-method 1.8, adapter of 2 layers at drop rate 0.2, and the 2,745 alignments of 1.6. */
    @Test
    void shouldCountWhatLlamaCosts() {
        JsonNode dryRun = dryRun("llama-2-7b.yaml").json();
        JsonNode costs = dryRun.get("costs");

        assertThat(costs.get("layersHeld").asInt()).isEqualTo(26);
        assertThat(costs.get("exposedShare").asDouble()).isEqualTo(5_524_115_456.0 / 6_738_415_616L);
        assertThat(costs.get("bytesOnce").asLong()).isEqualTo(2 * 5_524_115_456L);
        assertThat(costs.get("bytesUp").asLong()).isEqualTo(4 * 262_144);
        assertThat(costs.get("bytesDown").asLong()).isEqualTo(4 * (262_144 + 3_145_728));
        assertThat(costs.get("clientStepsInAll").asInt()).isEqualTo(500 * 30);
        assertThat(costs.get("alignmentSteps").asInt()).isEqualTo(250 + 499 * 5);
    }

    @Test
    void shouldSayOfLlamaWhatItCouldNotLookAt() {
        JsonNode dryRun = dryRun("llama-2-7b.yaml").json();

        assertThat(dryRun.get("notChecked")).extracting(JsonNode::asText)
                .anyMatch(line -> line.startsWith("the model: nothing at /models/llama-2-7b-hf"))
                .anyMatch(line -> line.startsWith("serverData.publicLocation: nothing at /data/alpaca.jsonl"))
                .anyMatch(line -> line.startsWith("serverData.evaluationLocation: "))
                .anyMatch(line -> line.startsWith("model.sha256: missing"));
    }

    @Test
    void shouldNotSubmitAModelThatNobodyHashed() {
        Fedbiot.Printed printed = Fedbiot.run("run", "submit", EXAMPLES.resolve("llama-2-7b.yaml").toString(),
                "--bootstrap-servers", "localhost:1", "--schema-registry", "http://localhost:1");

        assertThat(printed.code()).isEqualTo(1);
        assertThat(printed.out()).isEmpty();
        assertThat(printed.err()).contains("model.sha256: missing");
    }

    @Test
    void shouldPrintTheResolvedRunForPeopleToo() {
        Fedbiot.Printed printed = Fedbiot.run("run", "submit", EXAMPLES.resolve("quickstart.yaml").toString(),
                "--dry-run", "--set", "training.steps=7", "--run-id", "mine");

        assertThat(printed.code()).isZero();
        assertThat(printed.out()).contains("7 a round, 42 in all").contains("runId: mine")
                .contains("keptLayers:").contains("  steps: 7");
    }

    private static Fedbiot.Printed dryRun(String example) {
        return Fedbiot.run("run", "submit", EXAMPLES.resolve(example).toString(), "--dry-run", "--format", "json");
    }
}
