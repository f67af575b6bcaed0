package org.fedbiot.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.settings.RunFile;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.format.BaseModel;
import org.fedbiot.learning.pretrain.TrialModel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run file against the model and the text that lie beside it. */
class ResolvedRunTest {

    private static final String SHAPE = "{vocabularySize: 64, hiddenSize: 32, intermediateSize: 48, layers: 6, heads: 4,"
            + " keyValueHeads: 2, headSize: 8, tiedEmbeddings: true, contextLength: 64}";

    @TempDir
    static Path temp;

    private static Path file;

    @BeforeAll
    static void write() throws IOException {
        TrialModel.write(temp.resolve("model"), 3);
        TrialModel.text(temp.resolve("public.jsonl"), 20, 1);
        TrialModel.text(temp.resolve("evaluation.jsonl"), 5, 2);
        file = Files.copy(Path.of("src", "test", "resources", "trial-run.yaml"), temp.resolve("run.yaml"));
    }

    @Test
    void shouldTakeModelAndTextFromWhereTheFileLies() {
        ResolvedRun run = resolve(Map.of());

        assertThat(run.unchecked()).isEmpty();
        assertThat(run.incomplete()).isEmpty();
        assertThat(run.spec().getModel().getLocation()).isEqualTo(temp.resolve("model").toString());
        assertThat(run.spec().getModel().getSha256()).isEqualTo(BaseModel.open(temp.resolve("model")).sha256());
        assertThat(run.spec().getModel().getLayers()).isEqualTo(6);
        assertThat(run.spec().getServerData().getPublicLocation()).isEqualTo(temp.resolve("public.jsonl").toString());
        assertThat(run.spec().getServerData().getPartition()).isEqualTo("files");
        assertThat(run.spec().getSplit().getAdapterLayers()).containsExactly(5);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "model.sha256 | " + "aa11aa11aa11aa11aa11aa11aa11aa11aa11aa11aa11aa11aa11aa11aa11aa11 | model.sha256: the model at",
        "model.sha256 | short | model.sha256: 64 lower-case hex digits",
        "model.shape | {layers: 6} | model.shape.tiedEmbeddings",
        "model.location | nowhere/at-all | model.location: nothing at",
        "model.colour | red | model.colour: unknown key",
        "data.partition | iid | data: a run's clients have text of their own",
        "serverData.clients | x | serverData.clients: unknown key",
        "serverData.publicLocation | generated:z | no such generated text; known: [generated:general,",
        "alignment.heldOutRecords | 20 | has 20 records, too few to keep alignment.heldOutRecords 20 aside",
        "text.maxTokens | 65 | more than the 64 tokens",
        "split.dropRate | 0.9 | leave",
        "federation.quorum | 3 | federation.quorum: 3 is not from 1 to the 2 clients",
        "exposure.maxShare | 0.5 | exposure.maxShare: layers",
        "whatever | 1 | whatever: unknown key; known here: aggregation, alignment",
    })
    void shouldNameTheKeyThatCannotBe(String key, String value, String message) {
        assertThatThrownBy(() -> resolve(Map.of(key, value)))
                .isInstanceOfAny(UserError.class, BadInputException.class).hasMessageContaining(message);
    }

    @Test
    void shouldHoldTheShapeAgainstTheFiles() {
        assertThat(resolve(Map.of("model.shape", SHAPE)).unchecked()).isEmpty();
        assertThatThrownBy(() -> resolve(Map.of("model.shape", SHAPE.replace("layers: 6", "layers: 7"))))
                .isInstanceOf(UserError.class).hasMessageContaining("model.shape: the model at");
    }

    @Test
    void shouldTrustShapeAndHashWhereTheFilesAreElsewhere() {
        String hash = BaseModel.open(temp.resolve("model")).sha256();
        Map<String, String> elsewhere = new HashMap<>(Map.of("model.location", "/elsewhere/model", "model.shape", SHAPE,
                "model.sha256", hash, "serverData.evaluationLocation", "/elsewhere/text.jsonl"));

        ResolvedRun run = resolve(elsewhere);

        ResolvedRun here = resolve(Map.of());
        assertThat(run.incomplete()).isEmpty();
        assertThat(run.unchecked()).hasSize(2).first().asString().contains("/elsewhere/model");
        assertThat(run.spec().getModel().getLocation()).isEqualTo("/elsewhere/model");
        assertThat(run.spec().getModel().getLayerParameters())
                .isEqualTo(here.spec().getModel().getLayerParameters());
        assertThat(run.spec().getModel().getOtherParameters())
                .isEqualTo(here.spec().getModel().getOtherParameters());
        assertThat(RunCosts.of(run.spec(), run.config())).isEqualTo(RunCosts.of(here.spec(), here.config()));

        elsewhere.remove("model.sha256");
        assertThat(resolve(elsewhere).incomplete()).hasValueSatisfying(
                missing -> assertThat(missing).startsWith("model.sha256: missing"));
    }

    @Test
    void shouldCallNoMoreThanTheRoundDoes() {
        ResolvedRun run = resolve(Map.of("federation.clientsPerRound", "1", "federation.quorum", "1",
                "alignment.steps", "0", "alignment.preSteps", "3"));

        RunCosts costs = RunCosts.of(run.spec(), run.config());
        assertThat(costs.clients()).isEqualTo(1);
        assertThat(costs.alignmentSteps()).isEqualTo(3);
        // Nothing is aligned anew, so there is no other emulator to fetch.
        assertThat(costs.bytesDown()).isEqualTo(costs.bytesUp());
        assertThat(List.of(costs.rounds(), costs.clientStepsInAll())).containsExactly(2, 4);
    }

    @Test
    void shouldCountAnUpdateInTheBytesOfItsCodec() {
        RunCosts plain = costs("FP32");
        long elements = plain.bytesUp() / 4;

        assertThat(costs("BF16").bytesUp()).isEqualTo(elements * 2);
        // One shard, each block of 256 elements with a scale of 4 bytes
        assertThat(costs("INT8").bytesUp()).isEqualTo(elements + (elements + 255) / 256 * 4);
        assertThat(costs("INT8").bytesDown()).isEqualTo(plain.bytesDown());
    }

    private static RunCosts costs(String codec) {
        ResolvedRun run = resolve(Map.of("aggregation.updateCodec", codec));
        return RunCosts.of(run.spec(), run.config());
    }

    private static ResolvedRun resolve(Map<String, String> set) {
        return ResolvedRun.of(RunFile.read(file, set), "run-1");
    }
}
