package org.fedbiot.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.fedbiot.cli.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExperimentFileTest {

    private static final String LEAST = "name: one\nmodel: small\nmethods: [fedbiot]\nseeds: [0]\n";

    @TempDir
    Path temp;

    @Test
    void shouldReadAxesInTheOrderOfTheFileAndVariantsAsTheLast() {
        ExperimentFile file = PlannedCells.file(temp, LEAST + """
                grid:
                  split.dropRate: [0.2, 0.5]
                  lora.targets: [[q, v], [q, k, v]]
                variants:
                  fresh: {alignment.optimiserState: RESET}
                  warm: {alignment.optimiserState: RESET, alignment.warmupSteps: 5}
                """);

        assertThat(Axis.points(file.axes())).extracting(Axis.Point::labels).startsWith(
                Map.of("split.dropRate", "0.2", "lora.targets", "q v", "variant", "fresh"),
                Map.of("split.dropRate", "0.2", "lora.targets", "q v", "variant", "warm"),
                Map.of("split.dropRate", "0.2", "lora.targets", "q k v", "variant", "fresh")).hasSize(8);
        assertThat(Axis.points(file.axes()).get(1).settings()).isEqualTo(Map.of("split.dropRate", "0.2",
                "lora.targets", "[\"q\",\"v\"]", "alignment.optimiserState", "\"RESET\"",
                "alignment.warmupSteps", "5"));
    }

    @Test
    void shouldTakeTextFilesFromItsOwnDirectory() {
        ExperimentFile file = PlannedCells.file(temp, LEAST + """
                clientsData: data/train.jsonl
                evaluationData: data/test.jsonl
                grid:
                  publicData: [code.jsonl, math.jsonl]
                """);

        assertThat(file.textFiles()).containsExactly(temp.resolve("data/train.jsonl"), temp.resolve("data/test.jsonl"),
                temp.resolve("code.jsonl"), temp.resolve("math.jsonl"));
        assertThat(file.axes()).singleElement().satisfies(axis -> assertThat(axis.choices())
                .extracting(Axis.Choice::settings).isEqualTo(List.of(Map.of("publicData", "code.jsonl"),
                        Map.of("publicData", "math.jsonl"))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "sseds: [1] | experiment.yaml: sseds: unknown key, nearest is seeds",
        "grid: {lora.rank: 8} | grid.lora.rank: a list of at least one is expected, not 8",
        "grid: {lora.rank: [8, 8]} | grid.lora.rank: names one twice",
        "grid: [1] | grid: a section of keys is expected",
        "variants: {a: 5} | variants.a: a section of keys is expected",
        "settings: [1] | settings: a text is expected",
        "set: {seed: 3} | set.seed: seed is set by seeds already",
        "grid: {seed: [1, 2]} | grid.seed: seed is set by seeds already",
        "'grid: {lora.rank: [2, 4]}\nvariants: {a: {lora.rank: 8}}' | variants: lora.rank is set by grid already",
        "budget: time | budget: one of client-steps, compute, bytes is expected, not time",
    })
    void shouldNameFileAndKeyOfWhatCannotBe(String yaml, String message) {
        assertThatThrownBy(() -> PlannedCells.file(temp, LEAST + yaml)).isInstanceOf(UserError.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "methods: [fedbiot] | methods: [raw-full] | every run scores them",
        "methods: [fedbiot] | methods: [fedbiot, fedbiot] | methods: names one twice",
        "seeds: [0] | seeds: [0.5] | seeds: whole numbers are expected, not 0.5",
        "name: one | name: ../one | name: letters, digits",
        "model: small | '' | model: missing",
    })
    void shouldNameTheListThatCannotBe(String line, String instead, String message) {
        assertThatThrownBy(() -> PlannedCells.file(temp, LEAST.replace(line, instead))).isInstanceOf(UserError.class)
                .hasMessageContaining(message);
    }
}
