package org.fedbiot.cli.exposure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.fedbiot.cli.UserError;
import org.fedbiot.learning.format.BaseModel;
import org.fedbiot.learning.method.LayerRule;
import org.fedbiot.learning.method.LayerSplit;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.schemas.event.AdapterShard;
import org.fedbiot.schemas.event.ChunkRef;
import org.fedbiot.schemas.event.EmulatorPublished;
import org.fedbiot.schemas.event.TensorChunk;
import org.fedbiot.schemas.integrity.Chunks;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExposureAuditTest {

    /** Layers 0 and 3 are the emulator, 1 and 2 are dropped, 4 and 5 the adapter. */
    private static final LayerSplit SPLIT = LayerSplit.of(TinyOwner.LAYERS, 0, 2, 0.5, LayerRule.FLOOR);

    /** Layers 0, 2 and 4 are the emulator, 1 and 3 are dropped, 5 is the adapter. */
    private static final LayerSplit OTHER_SPLIT = LayerSplit.of(TinyOwner.LAYERS, 0, 1, 0.4, LayerRule.FLOOR);

    private static final String DROPPED = "model.layers.1.mlp.gate_proj.weight";

    @TempDir
    static Path temp;

    private static Path location;
    private static OwnersModel model;
    private static long layerParameters;
    private static long otherParameters;

    private final Readings readings = new Readings();

    @BeforeAll
    static void write() throws IOException {
        location = TinyOwner.write(temp.resolve("model"), 1);
        model = OwnersModel.read(location);
        layerParameters = BaseModel.open(location).config().layerParameters();
        otherParameters = BaseModel.open(location).config().otherParameters();
    }

    @ParameterizedTest
    @EnumSource(BaseType.class)
    void shouldFindWhatIsKeptAsTheModelsOwnAndNothingOfWhatIsDropped(BaseType type) throws InterruptedException {
        // Given
        published("run", SPLIT, type).readInto(readings);

        // When
        ExposureReport report = ExposureAudit.of(readings, "run", Optional.of(model));

        // Then
        assertThat(report.layers()).extracting(ExposureReport.Layer::roles).containsExactly(List.of("emulator"),
                List.of(), List.of(), List.of("emulator"), List.of("adapter"), List.of("adapter"));
        assertThat(original(report)).containsExactly(layerParameters, 0L, 0L, layerParameters, layerParameters,
                layerParameters);
        assertThat(held(report)).isEqualTo(original(report));
        assertThat(report.rest()).isEqualTo(new ExposureReport.Part(otherParameters, otherParameters, otherParameters));
        assertThat(report.whole()).isEqualTo(new ExposureReport.Part(6 * layerParameters + otherParameters,
                4 * layerParameters + otherParameters, 4 * layerParameters + otherParameters));
        assertThat(report.changed()).isEmpty();
        assertThat(report.isEveryLayerKnown()).isFalse();
    }

    @Test
    void shouldSayHeldButNotOriginalWithoutTheModel() throws InterruptedException {
        published("run", SPLIT, BaseType.FLOAT32).readInto(readings);

        ExposureReport report = ExposureAudit.of(readings, "run", Optional.empty());

        assertThat(held(report)).containsExactly(layerParameters, 0L, 0L, layerParameters, layerParameters,
                layerParameters);
        assertThat(report.layers()).allSatisfy(layer -> assertThat(layer.parameters().original()).isNull());
    }

    @Test
    void shouldAddUpAllRunsOnTheSameModelAndNoOthers() throws IOException, InterruptedException {
        // Given two runs on the model, and one on another model that gives away layer 1
        published("run", SPLIT, BaseType.FLOAT32).readInto(readings);
        published("second", OTHER_SPLIT, BaseType.BFLOAT16).readInto(readings);
        PublishedBase.of("elsewhere", TinyOwner.write(temp.resolve("other"), 2),
                LayerSplit.of(TinyOwner.LAYERS, 0, 1, 0.2, LayerRule.FLOOR), BaseType.FLOAT32).readInto(readings);

        // When
        ExposureReport report = ExposureAudit.of(readings, "run", Optional.of(model));

        // Then
        assertThat(report.runs()).extracting(ExposureReport.Run::runId).containsExactly("run", "second");
        assertThat(original(report)).containsExactly(layerParameters, 0L, layerParameters, layerParameters,
                layerParameters, layerParameters);
        assertThat(report.layers().get(4).roles()).containsExactly("adapter", "emulator");
        assertThat(report.unnamed().chunks()).isZero();
    }

    @Test
    void shouldSeeThatTwoLegalRunsGiveEveryLayerAway() throws InterruptedException {
        // Given the two that a coordinator refuses, on a cluster where both are published
        published("run", SPLIT, BaseType.FLOAT32).readInto(readings);
        published("second", new LayerSplit(List.of(0, 1, 2, 3, 4), List.of(0, 1, 2), List.of(5)), BaseType.FLOAT32)
                .readInto(readings);

        ExposureReport report = ExposureAudit.of(readings, "run", Optional.empty());

        assertThat(report.isEveryLayerKnown()).isTrue();
    }

    @Test
    void shouldFindWeightsThatNoManifestNames() throws InterruptedException {
        // Given a dropped layer's tensor that lies in a topic, one of its two chunks
        published("run", SPLIT, BaseType.FLOAT32).readInto(readings);
        ByteBuffer first = Chunks.cut(BaseModel.open(location).tensors().float32(DROPPED), Topics.MAX_CHUNK_BYTES)
                .get(0);
        readings.add(PublishedBase.chunk("run", first));

        // When
        ExposureReport blind = ExposureAudit.of(readings, "run", Optional.empty());
        ExposureReport report = ExposureAudit.of(readings, "run", Optional.of(model));

        // Then
        assertThat(held(blind).get(1)).isZero();
        assertThat(blind.unnamed()).isEqualTo(new ExposureReport.Unnamed(1, Topics.MAX_CHUNK_BYTES));
        assertThat(original(report).get(1)).isEqualTo(Topics.MAX_CHUNK_BYTES / Float.BYTES);
        assertThat(held(report).get(1)).isZero();
    }

    @Test
    void shouldTellHeldFromOriginalWhereBytesDiffer() throws InterruptedException {
        // Given
        published("run", SPLIT, BaseType.FLOAT32).withChanged("model.layers.1.self_attn.q_proj.weight",
                bytes -> bytes.put(0, (byte) (bytes.get(0) ^ 1))).readInto(readings);

        // When: layer 1 of the compressed model is layer 3
        ExposureReport report = ExposureAudit.of(readings, "run", Optional.of(model));

        // Then
        assertThat(report.changed()).containsExactly("model.layers.3.self_attn.q_proj.weight");
        assertThat(held(report).get(3)).isEqualTo(layerParameters);
        assertThat(original(report).get(3)).isEqualTo(layerParameters - 32 * 32);
    }

    @Test
    void shouldCountOnlyPayloadsThatAreThere() throws InterruptedException {
        // Given a manifest whose last chunk cannot be read
        PublishedBase base = published("run", SPLIT, BaseType.FLOAT32);
        readings.add(base.manifest());
        TensorChunk lost = base.chunks().get(base.chunks().size() - 1);
        base.chunks().stream().filter(chunk -> !chunk.equals(lost)).forEach(readings::add);

        ExposureReport report = ExposureAudit.of(readings, "run", Optional.of(model));

        assertThat(report.whole().held()).isEqualTo(4 * layerParameters + otherParameters
                - lost.getData().remaining() / Float.BYTES);
        assertThat(report.whole().original()).isEqualTo(report.whole().held());
    }

    @Test
    void shouldNotCountFactorsAsWeights() throws InterruptedException {
        // Given
        published("run", SPLIT, BaseType.FLOAT32).readInto(readings);
        ByteBuffer factors = ByteBuffer.allocate(64);
        TensorChunk chunk = PublishedBase.chunk("run", factors);
        readings.add(chunk);
        readings.add(EmulatorPublished.newBuilder().setRunId("run").setVersion(0).setSha256("ab".repeat(32))
                .setBaseSha256("cd".repeat(32)).setAdapterVersion(-1).setElements(16)
                .setChunks(List.of(new ChunkRef(chunk.getSha256(), 64, 0, 0L))).build());
        for (int version = 0; version < 3; version++) {
            readings.add(AdapterShard.newBuilder().setRunId("run").setVersion(version).setRound(version).setShard(0)
                    .setShards(1).setStart(0).setElements(16).setSha256(Sha256.of(factors)).setData(factors).build());
        }

        // When
        ExposureReport report = ExposureAudit.of(readings, "run", Optional.of(model));

        // Then
        assertThat(report.whole().held()).isEqualTo(4 * layerParameters + otherParameters);
        assertThat(report.unnamed().chunks()).isZero();
        assertThat(report.runs().get(0).adapterVersions()).isEqualTo(3);
        assertThat(report.runs().get(0).emulatorVersions()).isEqualTo(1);
    }

    @Test
    void shouldRefuseAnotherModelAndAnUnknownRun() throws IOException, InterruptedException {
        published("run", SPLIT, BaseType.FLOAT32).readInto(readings);
        OwnersModel other = OwnersModel.read(TinyOwner.write(temp.resolve("third"), 3));

        assertThatThrownBy(() -> ExposureAudit.of(readings, "run", Optional.of(other)))
                .isInstanceOf(UserError.class).hasMessageContainingAll("third", other.sha256(), model.sha256());
        assertThatThrownBy(() -> ExposureAudit.of(readings, "no-run", Optional.empty()))
                .isInstanceOf(UserError.class).hasMessageContainingAll("no-run", "[run]");
    }

    private static PublishedBase published(String runId, LayerSplit split, BaseType type) throws InterruptedException {
        return PublishedBase.of(runId, location, split, type);
    }

    private static List<Long> held(ExposureReport report) {
        return each(report, ExposureReport.Part::held);
    }

    private static List<Long> original(ExposureReport report) {
        return each(report, ExposureReport.Part::original);
    }

    private static List<Long> each(ExposureReport report, Function<ExposureReport.Part, Long> figure) {
        return report.layers().stream().map(ExposureReport.Layer::parameters).map(figure).toList();
    }
}
