package org.fedbiot.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.fedbiot.cli.Fedbiot;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The experiments in examples/experiments/, planned without models and text that are somebody else's. */
class ExampleExperimentsTest {

    private static final Path EXAMPLES = Path.of("..", "examples", "experiments");

    @TempDir
    static Path temp;

    @BeforeAll
    static void atHome() {
        System.setProperty("fedbiot.home", "..");
    }

    static Stream<Path> examples() throws IOException {
        return Files.list(EXAMPLES);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void shouldPlanEveryCellOfEveryExample(Path example) {
        JsonNode plan = dryRun(example);

        assertThat(plan.get("rows").asInt()).isPositive();
        assertThat(plan.get("cells").findValuesAsText("state")).containsAnyOf("to run")
                .isSubsetOf("to run", "same run");
    }

    @ParameterizedTest
    @CsvSource({"paper-gsm8k, 32, 3", "paper-rosetta, 32, 9", "paper-dolly, 32, 8", "paper-gsm8k-baselines, 8, 3",
        "paper-rosetta-baselines, 8, 9", "paper-dolly-baselines, 8, 8"})
    void shouldHaveTheRunsAndClientsOfThePaper(String example, int runs, int clients) throws IOException {
        Path file = EXAMPLES.resolve(example + ".yaml");

        assertThat(dryRun(file).get("runs").asInt()).isEqualTo(runs);
        assertThat(Files.readString(file)).contains("client-" + clients + "]").contains("quorum: " + clients);
    }

    @Test
    void shouldScoreEveryRoundWhereTheTimeToAScoreIsAsked() {
        List<PlannedCell> cells = PlannedCells.of(ExperimentFile.read(EXAMPLES.resolve("small-links.yaml")));

        assertThat(cells).extracting(cell -> cell.cell().method() + ' ' + cell.cell().seed())
                .containsExactly("fedbiot 0", "fedavg-full 0", "fedbiot 1", "fedavg-full 1", "fedbiot 2",
                        "fedavg-full 2");
        assertThat(cells).extracting(cell -> cell.spec().orElseThrow()).allSatisfy(spec -> {
            assertThat(spec.getEvaluation().getEveryRounds()).isEqualTo(1);
            assertThat(spec.getLinks().getClientFlopsPerSecond()).isPositive();
        });
    }

    @Test
    void shouldSayWhatItPlannedWithoutAndNotRunIt() {
        String file = EXAMPLES.resolve("paper-dolly.yaml").toString();
        Fedbiot.Printed plan = Fedbiot.run("experiment", file, "--dir", temp.toString(), "--dry-run");
        Fedbiot.Printed run = Fedbiot.run("experiment", file, "--dir", temp.toString());

        assertThat(plan.code()).isZero();
        assertThat(plan.err()).contains("planned without it: no model /models/llama-2-7b-hf")
                .contains("dolly-train.jsonl: not there");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("no model /models/llama-2-7b-hf").contains("only --dry-run is possible");
        assertThat(temp.resolve("experiment.json")).doesNotExist();
    }

    private static JsonNode dryRun(Path example) {
        Fedbiot.Printed printed = Fedbiot.run("experiment", example.toString(), "--dir",
                temp.resolve(example.getFileName().toString()).toString(), "--dry-run", "--format", "json");
        assertThat(printed.code()).as(printed.err()).isZero();
        return printed.json();
    }
}
