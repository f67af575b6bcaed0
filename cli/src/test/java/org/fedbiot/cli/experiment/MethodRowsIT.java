package org.fedbiot.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.fedbiot.cli.Fedbiot;
import org.fedbiot.cli.report.RunRecord;
import org.fedbiot.learning.pretrain.TrialModel;
import org.fedbiot.schemas.event.AlignmentResult;
import org.fedbiot.schemas.event.ClientReported;
import org.fedbiot.schemas.event.CompressionResult;
import org.fedbiot.schemas.event.EvaluatedModel;
import org.fedbiot.schemas.event.ModelScore;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What of the method rows only a run's log shows: two rounds on a tiny model of six layers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MethodRowsIT {

    private Path directory;

    @BeforeAll
    void run(@TempDir Path temp) throws IOException {
        directory = temp.resolve("rows");
        TrialModel.write(temp.resolve("model"), 11);
        TrialModel.text(temp.resolve("clients.jsonl"), 40, 1);
        TrialModel.text(temp.resolve("evaluation.jsonl"), 8, 2);
        TrialModel.text(temp.resolve("public.jsonl"), 40, 3);
        Path file = Files.writeString(temp.resolve("rows.yaml"), """
                name: rows
                model: MODEL
                settings: any
                clientsData: clients.jsonl
                evaluationData: evaluation.jsonl
                publicData: public.jsonl
                methods: [fedbiot, no-alignment, align-once, offsite-tuning, fedavg-full, local-only]
                seeds: [5]
                set:
                  split.backAdapterLayers: 2
                  split.dropRate: 0.4
                  lora.rank: 4
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
                  evaluation.exactMatchRecords: 0
                  resources.serverThreads: 1
                  exposure.maxShare: 0.95
                """.replace("MODEL", temp.resolve("model").toString()));
        Fedbiot.Printed printed = Fedbiot.run("experiment", file.toString(), "--dir", directory.toString(),
                "--lanes", "2", "--keep", "record");
        assertThat(printed.code()).as(printed.err()).isZero();
    }

    @Test
    void shouldMakeAnEmulatorForEveryAlignmentAndNoOther() {
        assertThat(alignedSteps("fedbiot")).containsExactly(2, 1);
        assertThat(emulators("fedbiot")).hasSize(2).doesNotHaveDuplicates();
        assertThat(alignedSteps("align-once")).containsExactly(2);
        assertThat(emulators("align-once")).containsExactly(emulators("fedbiot").get(0), emulators("fedbiot").get(0));
        assertThat(alignedSteps("no-alignment")).containsExactly(0);
        assertThat(emulators("no-alignment")).hasSize(2).containsOnly(emulators("no-alignment").get(0))
                .doesNotContainAnyElementsOf(emulators("fedbiot"));
    }

    @Test
    void shouldShowClientsTheKeptAndAdapterLayersAloneButAllOfTheCeiling() {
        long four = 4 * TrialModel.CONFIG.layerParameters() + TrialModel.CONFIG.otherParameters();

        assertThat(compression("fedbiot").getHeldParameters()).isEqualTo(four);
        assertThat(compression("offsite-tuning").getHeldParameters()).isEqualTo(four);
        assertThat(compression("fedavg-full").getHeldParameters()).isEqualTo(TrialModel.CONFIG.parameters())
                .isEqualTo(compression("fedavg-full").getTotalParameters());
        // Four bytes a parameter, and small files.
        assertThat(compression("fedbiot").getBootstrapBytes())
                .isBetween(4 * four, 4 * TrialModel.CONFIG.parameters() - 1);
    }

    @Test
    void shouldScoreTheCeilingAlikeOnEmulatorAndFullModelAndNoOtherRow() {
        assertThat(nll("fedavg-full", EvaluatedModel.ADAP_EMU)).isEqualTo(nll("fedavg-full", EvaluatedModel.ADAP_FU));
        assertThat(nll("fedavg-full", EvaluatedModel.RAW_COMPRESSED))
                .isEqualTo(nll("fedavg-full", EvaluatedModel.RAW_FULL));
        assertThat(nll("fedbiot", EvaluatedModel.ADAP_EMU)).isNotEqualTo(nll("fedbiot", EvaluatedModel.ADAP_FU));
    }

    @Test
    void shouldHaveOneClientWithAllTextInOffsiteTuning() {
        List<UpdateAccepted> pooled = events("offsite-tuning", UpdateAccepted.class);
        List<UpdateAccepted> dealt = events("fedbiot", UpdateAccepted.class);

        assertThat(dealt).extracting(UpdateAccepted::getClientId)
                .containsExactlyInAnyOrder("anna", "bert", "anna", "bert");
        assertThat(pooled).hasSize(2).extracting(UpdateAccepted::getClientId).containsOnly("pooled");
        assertThat(pooled.get(0).getDatasetSamples()).isGreaterThan(dealt.get(0).getDatasetSamples());
        assertThat(pooled.get(0).getProcessedSamples()).isEqualTo(2 * dealt.get(0).getProcessedSamples());
    }

    @Test
    void shouldNeverMixClientsInLocalOnly() {
        for (String client : List.of("anna", "bert")) {
            List<UpdateAccepted> updates = events("local-only-" + client, UpdateAccepted.class);
            assertThat(updates).hasSize(2).extracting(UpdateAccepted::getClientId).containsOnly(client);
            // In round 1 it does what it does in the federation: the same text, order and init.
            assertThat(updates.get(0).getUpdateSha256()).isEqualTo(events("fedbiot", UpdateAccepted.class).stream()
                    .filter(update -> update.getRound() == 1 && update.getClientId().equals(client)).findFirst()
                    .orElseThrow().getUpdateSha256());
        }
    }

    @Test
    void shouldFetchAnEmulatorInARoundOnlyWhereItWasAlignedAnew() {
        long emulator = 4L * compression("fedbiot").getEmulatorElements();
        assertThat(bytesDown("fedbiot")).isGreaterThanOrEqualTo(bytesDown("no-alignment") + emulator);
        // But for the lengths of the runs' ids.
        assertThat(bytesDown("align-once")).isCloseTo(bytesDown("no-alignment"), within(emulator / 10));
    }

    private long bytesDown(String row) {
        return events(row, ClientReported.class).stream().filter(report -> report.getRound() == 2)
                .mapToLong(ClientReported::getBytesDown).min().orElseThrow();
    }

    private List<Integer> alignedSteps(String row) {
        return log(row).tasks().stream().map(ServerTaskCompleted::getAlignment).flatMap(Stream::ofNullable)
                .map(AlignmentResult::getSteps).toList();
    }

    /** The emulator that each round was opened with. */
    private List<String> emulators(String row) {
        return events(row, RoundOpened.class).stream().map(RoundOpened::getEmulatorSha256).toList();
    }

    private CompressionResult compression(String row) {
        return log(row).tasks().stream().map(ServerTaskCompleted::getCompression).flatMap(Stream::ofNullable)
                .findFirst().orElseThrow();
    }

    private double nll(String row, EvaluatedModel model) {
        return log(row).tasks().stream().map(ServerTaskCompleted::getEvaluation).flatMap(Stream::ofNullable)
                .flatMap(result -> result.getScores().stream()).filter(score -> score.getModel() == model)
                .mapToDouble(ModelScore::getNll).reduce((earlier, last) -> last).orElseThrow();
    }

    private <T> List<T> events(String row, Class<T> type) {
        return log(row).entries().stream().map(RunRecord.Entry::event).filter(type::isInstance).map(type::cast)
                .toList();
    }

    private RunRecord log(String row) {
        String run = row + "-seed5";
        return CellLog.read(directory.resolve("cells").resolve(run).resolve("record"), run);
    }
}
