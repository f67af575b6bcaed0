package org.fedbiot.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.fedbiot.cli.ExitCode;
import org.fedbiot.cli.Fedbiot;
import org.fedbiot.cli.archive.ArchiveFile;
import org.fedbiot.cli.report.RunRecord;
import org.fedbiot.learning.pretrain.TrialModel;
import org.fedbiot.schemas.event.AdapterPublished;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Two runs on a tiny model: side by side without a stop, and one after another with a failure and a stop. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExperimentIT {

    private static final String FEDBIOT = "fedbiot-seed5";
    private static final List<String> RUNS = List.of(FEDBIOT, "offsite-tuning-seed5");

    private Path undisturbed;
    private Path stopped;
    private Fedbiot.Printed atOnce;
    private Fedbiot.Printed failed;
    private Fedbiot.Printed leftAlone;
    private Fedbiot.Printed retried;
    private Fedbiot.Printed goneOn;

    @BeforeAll
    void runTwice(@TempDir Path temp) throws IOException {
        undisturbed = temp.resolve("undisturbed");
        stopped = temp.resolve("stopped");
        Path file = write(temp);
        atOnce = run(file, undisturbed, "--lanes", "2");
        Path tokenizer = temp.resolve("model").resolve("tokenizer.json");
        String whole = Files.readString(tokenizer);
        Files.writeString(tokenizer, tenTokensAWord(whole));
        failed = run(file, stopped, "--only", "fedbiot");
        Files.writeString(tokenizer, whole);
        leftAlone = run(file, stopped, "--only", "fedbiot");
        retried = run(file, stopped, "--only", "fedbiot", "--retry-failed");
        // What a killed process leaves of a cell: files, but no record in its place.
        Path half = Files.createDirectories(stopped.resolve("cells").resolve(RUNS.get(1)));
        Files.createDirectories(half.resolve("kafka").resolve("fedbiot.run.decision.v1-0"));
        Files.writeString(Files.createDirectories(half.resolve("record.part")).resolve("events.jsonl"), "{\"topic\":");
        goneOn = run(file, stopped, "--lanes", "1");
    }

    private static Fedbiot.Printed run(Path file, Path directory, String... more) {
        return Fedbiot.run(Stream.concat(Stream.of("experiment", file.toString(), "--dir", directory.toString(),
                "--format", "json"), Stream.of(more)).toArray(String[]::new));
    }

    /** No part of the model's identity, so that the plan is the same; but no reply fits into 32 tokens any more. */
    private static String tenTokensAWord(String tokenizer) {
        String none = "\"normalizer\" : null";
        assertThat(tokenizer).contains(none);
        return tokenizer.replace(none, """
                "normalizer": {"type": "Replace", "pattern": {"String": "w"}, "content": "%sw"}"""
                .formatted("w ".repeat(9)));
    }

    private static Path write(Path temp) throws IOException {
        TrialModel.write(temp.resolve("model"), 11);
        TrialModel.text(temp.resolve("clients.jsonl"), 40, 1);
        TrialModel.text(temp.resolve("evaluation.jsonl"), 8, 2);
        TrialModel.text(temp.resolve("public.jsonl"), 40, 3);
        return Files.writeString(temp.resolve("tiny.yaml"), """
                name: tiny
                model: MODEL
                settings: any
                clientsData: clients.jsonl
                evaluationData: evaluation.jsonl
                publicData: public.jsonl
                methods: [fedbiot, no-proximal, offsite-tuning]
                seeds: [5]
                set:
                  split.backAdapterLayers: 2
                  split.dropRate: 0.4
                  lora.rank: 4
                  lora.alpha: 8
                  alignment.preSteps: 2
                  alignment.steps: 1
                  alignment.batchSize: 4
                  alignment.heldOutRecords: 8
                  training.steps: 2
                  training.batchSize: 4
                  federation.clients: [anna, bert]
                  federation.quorum: 2
                  federation.rounds: 2
                  text.template: PLAIN
                  text.maxTokens: 32
                  evaluation.records: 8
                  evaluation.exactMatchRecords: 2
                  evaluation.maxNewTokens: 4
                  resources.serverThreads: 1
                  exposure.maxShare: 0.95
                """.replace("MODEL", temp.resolve("model").toString()));
    }

    @Test
    void shouldGiveEveryRowItsRunAndRunOnceWhatIsEqual() {
        assertThat(atOnce.code()).as(atOnce.err()).isZero();
        JsonNode rows = atOnce.json().get("rows");

        assertThat(rows.findValuesAsText("method")).containsExactly("fedbiot", "no-proximal", "offsite-tuning");
        assertThat(rows.findValuesAsText("id")).containsExactly(FEDBIOT, FEDBIOT, RUNS.get(1));
        assertThat(rows.findValuesAsText("problem")).containsOnly("");
        assertThat(rows.findValues("adapFu")).hasSize(3);
    }

    @Test
    void shouldRunAgainWhatFailedOnlyWhenTold() {
        assertThat(failed.code()).isEqualTo(ExitCode.RUN_FAILED.code());
        assertThat(problem(failed)).contains("leaves no reply within 32");
        assertThat(leftAlone.code()).isEqualTo(ExitCode.RUN_FAILED.code());
        assertThat(leftAlone.err()).contains("0 finished, 0 to run");
        assertThat(leftAlone.json()).isEqualTo(failed.json());
        assertThat(retried.code()).as(retried.err()).isZero();
        assertThat(problem(retried)).isEmpty();
    }

    private static String problem(Fedbiot.Printed printed) {
        return printed.json().at("/rows/0/problem").asText();
    }

    @Test
    void shouldComeToTheSameWhereItFailedAndWasStoppedAndHadOneLane() throws IOException {
        assertThat(goneOn.code()).as(goneOn.err()).isZero();
        assertThat(goneOn.err()).contains("3 rows, 2 runs, 1 finished, 1 to run in 1 lanes").contains("2/2 ");
        for (String run : RUNS) {
            assertThat(adapters(stopped, run)).as(run).hasSize(3).isEqualTo(adapters(undisturbed, run));
        }
        assertThat(RUNS).extracting(run -> adapters(stopped, run)).doesNotHaveDuplicates();
        assertThat(goneOn.json().get("rows")).isEqualTo(atOnce.json().get("rows"));
        assertThat(stopped.resolve("experiment.json")).hasSameBinaryContentAs(undisturbed.resolve("experiment.json"));
    }

    @Test
    void shouldReportWhatRowsCostWhateverWasRunWhen() throws IOException {
        Path report = undisturbed.resolve("report");

        assertThat(Files.readAllLines(report.resolve("costs.csv"))).hasSize(4).element(1).asString()
                .startsWith("fedbiot,8.0,");
        assertThat(Files.readAllLines(report.resolve("links.csv"))).hasSize(10).element(1).asString()
                .startsWith("fedbiot,10000000,1,");
        assertThat(files(stopped.resolve("report"))).isNotEmpty().isEqualTo(files(report));
    }

    @Test
    void shouldKeepRecordAndArchiveAlone() throws IOException {
        for (String run : RUNS) {
            Path cell = stopped.resolve("cells").resolve(run);
            try (Stream<Path> files = Files.list(cell)) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .containsExactlyInAnyOrder("data", "record", "run.archive");
            }
            assertThat(ArchiveFile.verified(cell.resolve("run.archive")).runId()).isEqualTo(run);
        }
    }

    /** By name, as text; times stand apart. */
    private static Map<String, String> files(Path directory) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                if (!file.getFileName().toString().startsWith("timings.")) {
                    files.put(directory.relativize(file).toString(), Files.readString(file));
                }
            }
        }
        return files;
    }

    private static List<String> adapters(Path directory, String run) {
        return CellLog.read(directory.resolve("cells").resolve(run).resolve("record"), run).entries().stream()
                .map(RunRecord.Entry::event).filter(AdapterPublished.class::isInstance)
                .map(event -> ((AdapterPublished) event).getSha256()).toList();
    }
}
