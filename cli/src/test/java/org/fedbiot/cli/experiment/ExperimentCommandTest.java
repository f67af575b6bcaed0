package org.fedbiot.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.fedbiot.cli.Fedbiot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts that run no cell. */
class ExperimentCommandTest {

    private static final String FILE = "../examples/experiments/small-three-rows.yaml";

    @TempDir
    private Path temp;

    @Test
    void shouldEndInFailureAndRunNothingWhereAllCellsFailedBefore() {
        // Given
        ExperimentDirectory place = new ExperimentDirectory(temp);
        List<String> ids = run("--dry-run").json().get("cells").findValuesAsText("id");
        ids.forEach(id -> place.fail(id, "disk full"));

        // When
        Fedbiot.Printed again = run();
        Fedbiot.Printed report = run("--report-only");
        Fedbiot.Printed plan = run("--dry-run");

        // Then
        assertThat(ids).hasSize(9).doesNotHaveDuplicates();
        assertThat(again.err()).contains("9 rows, 9 runs, 0 finished, 0 to run");
        assertThat(List.of(again, report)).allSatisfy(printed -> {
            assertThat(printed.code()).isEqualTo(4);
            assertThat(printed.json().get("failed").asInt()).isEqualTo(9);
            assertThat(printed.json().get("rows").findValuesAsText("problem")).hasSize(9).containsOnly("disk full");
        });
        assertThat(Files.exists(temp.resolve("report").resolve("report.html"))).isTrue();
        JsonNode cells = plan.json().get("cells");
        assertThat(cells.findValuesAsText("state")).containsOnly("failed");
        assertThat(cells.findValuesAsText("problem")).containsOnly("disk full");
    }

    @Test
    void shouldNotMakeADirectoryForAMethodThatTheExperimentDoesNotHave() {
        Fedbiot.Printed printed = run("--only", "fedot");

        assertThat(printed.code()).isEqualTo(1);
        assertThat(printed.err()).contains("--only fedot: the experiment has [fedbiot, no-alignment, fedavg-full]");
        assertThat(temp).isEmptyDirectory();
    }

    private Fedbiot.Printed run(String... more) {
        List<String> arguments = new ArrayList<>(List.of("experiment", FILE, "--dir", temp.toString(),
                "--format", "json"));
        arguments.addAll(List.of(more));
        return Fedbiot.run(arguments.toArray(String[]::new));
    }
}
