package org.fedbiot.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.Checkpoint;
import org.fedbiot.schemas.event.ClientLink;
import org.fedbiot.schemas.event.DataType;
import org.fedbiot.schemas.event.Link;
import org.fedbiot.schemas.event.LinkSettings;
import org.fedbiot.schemas.event.RunAccepted;
import org.fedbiot.schemas.event.RunRefused;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.RunSubmitted;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SpecCheckTest {

    static Stream<Arguments> wrongValues() {
        return Stream.of(
                arguments("runId", "Upper"),
                arguments("runId", ""),
                arguments("runId", "a".repeat(64)),
                arguments("model.name", " "),
                arguments("model.location", ""),
                arguments("model.sha256", "AB".repeat(32)),
                arguments("model.dataType", DataType.UNKNOWN),
                arguments("model.layers", 2),
                arguments("model.layerParameters", 0L),
                arguments("model.otherParameters", -1L),
                arguments("split.frontAdapterLayers", -1),
                arguments("split.backAdapterLayers", 11),
                arguments("split.backAdapterLayers", 0),
                arguments("split.backAdapterLayers", Integer.MAX_VALUE),
                arguments("split.dropRate", 1.0),
                arguments("split.dropRate", Double.NaN),
                arguments("split.teacherLayers", List.of(0, 1, 2)),
                arguments("split.teacherLayers", List.of(0, 1, 2, 3, 4, 5, 6, 8)),
                arguments("split.adapterLayers", List.of(7, 9, 10, 11)),
                arguments("split.keptLayers", List.of(0)),
                arguments("split.keptLayers", List.of(0, 8)),
                arguments("split.keptLayers", List.of(3, 1)),
                arguments("split.keptLayers", List.of(1, 1)),
                arguments("lora.rank", 0),
                arguments("lora.alpha", 0.0),
                arguments("lora.dropout", 1.0),
                arguments("lora.targets", List.of()),
                arguments("lora.targets", List.of("q", "q")),
                arguments("lora.targets", List.of("q_proj")),
                arguments("alignment.preSteps", -1),
                arguments("alignment.steps", -1),
                arguments("alignment.everyRounds", 0),
                arguments("alignment.batchSize", 0),
                arguments("alignment.microBatchTokens", 0),
                arguments("alignment.learningRate", Double.POSITIVE_INFINITY),
                arguments("alignment.beta1", 1.0),
                arguments("alignment.beta2", -0.1),
                arguments("alignment.weightDecay", -1.0),
                arguments("alignment.warmupSteps", -1),
                arguments("alignment.klWeight", -1.0),
                arguments("alignment.temperature", 0.0),
                arguments("alignment.heldOutRecords", -1),
                arguments("training.steps", 0),
                arguments("training.batchSize", 0),
                arguments("training.microBatchTokens", 0),
                arguments("training.learningRate", -1.0),
                arguments("training.beta1", 1.5),
                arguments("training.beta2", Double.NaN),
                arguments("training.weightDecay", -1.0),
                arguments("training.proximalWeight", Double.NaN),
                arguments("aggregation.shardBytes", 6),
                arguments("aggregation.shardBytes", 0),
                arguments("aggregation.shardBytes", 524_292),
                arguments("aggregation.maxUpdateNorm", -1.0),
                arguments("aggregation.trimShare", 0.5),
                arguments("aggregation.trimShare", -0.1),
                arguments("aggregation.trimShare", Double.NaN),
                arguments("aggregation.serverLearningRate", 0.0),
                arguments("aggregation.serverLearningRate", 0.5),
                arguments("aggregation.serverBeta1", 1.0),
                arguments("aggregation.serverBeta2", -0.5),
                arguments("aggregation.serverEpsilon", 0.0),
                arguments("federation.rounds", 0),
                arguments("federation.clients", List.of()),
                arguments("federation.clients", List.of("anna", "anna")),
                arguments("federation.clients", List.of("anna", "Ben")),
                arguments("federation.clients", List.of("anna", "ben", "stranger")),
                arguments("federation.clientsPerRound", 4),
                arguments("federation.clientsPerRound", -1),
                arguments("federation.quorum", 0),
                arguments("federation.quorum", 4),
                arguments("federation.deadlineMillis", 0L),
                arguments("federation.deadlineMillis", Long.MAX_VALUE),
                arguments("federation.minimumSamples", -1L),
                arguments("federation.maxReopenings", -1),
                arguments("federation.stallMillis", -1L),
                arguments("federation.stallMillis", Long.MAX_VALUE),
                arguments("text.maxTokens", 1),
                arguments("serverData.publicLocation", ""),
                arguments("serverData.evaluationLocation", ""),
                arguments("evaluation.records", -1),
                arguments("evaluation.exactMatchRecords", -1),
                arguments("evaluation.maxNewTokens", -1),
                arguments("evaluation.everyRounds", -1),
                arguments("evaluation.batchTokens", 0),
                arguments("evaluation.decodingTemperature", 0.0),
                arguments("evaluation.decodingTopP", 0.0),
                arguments("resources.serverThreads", 0),
                arguments("resources.clientThreads", 0),
                arguments("exposure.maxShare", 0.0),
                arguments("exposure.maxShare", 1.1));
    }

    @ParameterizedTest
    @MethodSource("wrongValues")
    void shouldRefuseAWrongValueByItsKey(String key, Object value) {
        // Given
        RunSpec spec = Specs.with(Specs.spec("run"), key, value);

        // When, then
        assertThat(refusal(spec)).startsWith(key + ": ");
    }

    @Test
    void shouldRefuseAQuorumAboveTheSample() {
        // Given
        RunSpec spec = Specs.with(Specs.with(Specs.spec("run"), "federation.clientsPerRound", 1),
                "federation.quorum", 2);

        // When, then
        assertThat(refusal(spec)).startsWith("federation.quorum: ").contains("1 clients");
    }

    @Test
    void shouldRefuseBestWithoutEvaluations() {
        // Given
        RunSpec spec = Specs.with(Specs.spec("run"), "evaluation.checkpoint", Checkpoint.BEST);

        // When, then
        assertThat(refusal(spec)).startsWith("evaluation.everyRounds: ");
    }

    static Stream<Arguments> wrongLinks() {
        return Stream.of(
                arguments("links.every.upBitsPerSecond", links(sound().setUpBitsPerSecond(-1))),
                arguments("links.every.downBitsPerSecond", links(sound().setDownBitsPerSecond(-1))),
                arguments("links.every.delayMillis", links(sound().setDelayMillis(-1))),
                arguments("links.every.delayMillis", links(sound().setDelayMillis(3_600_001))),
                arguments("links.every.lossShare", links(sound().setLossShare(1))),
                arguments("links.every.lossShare", links(sound().setLossShare(Double.NaN))),
                arguments("links.every.lostRounds", links(sound().setLostRounds(List.of(1, 0)))),
                arguments("links.clients.ben.link.lossShare", links(sound(), "anna", sound(), "ben",
                        sound().setLossShare(-0.1))),
                arguments("links.clients", links(sound(), "ben", sound(), "ben", sound())),
                arguments("links.clientFlopsPerSecond", LinkSettings.newBuilder(links(sound()))
                        .setClientFlopsPerSecond(0).build()),
                arguments("links.serverFlopsPerSecond", LinkSettings.newBuilder(links(sound()))
                        .setServerFlopsPerSecond(Double.POSITIVE_INFINITY).build()));
    }

    @ParameterizedTest
    @MethodSource("wrongLinks")
    void shouldRefuseLinksThatCannotBe(String key, LinkSettings links) {
        assertThat(refusal(Specs.with(Specs.spec("run"), "links", links))).startsWith(key + ": ");
    }

    @Test
    void shouldAcceptLinksOfEveryClientAndOfOne() {
        // Given
        LinkSettings links = links(sound().setUpBitsPerSecond(10_000_000).setDelayMillis(20), "ben",
                sound().setLossShare(0.5).setLostRounds(List.of(1, 2)), "elsewhere", sound());

        // When
        List<SpecificRecord> decisions = submit(Specs.with(Specs.spec("run"), "links", links));

        // Then
        assertThat(decisions.get(0)).isInstanceOf(RunAccepted.class);
    }

    private static Link.Builder sound() {
        return Link.newBuilder();
    }

    private static LinkSettings links(Link.Builder every, Object... clients) {
        List<ClientLink> own = IntStream.range(0, clients.length / 2).mapToObj(i ->
                new ClientLink((String) clients[2 * i], ((Link.Builder) clients[2 * i + 1]).build())).toList();
        return LinkSettings.newBuilder().setEvery(every.build()).setClients(own).build();
    }

    @Test
    void shouldRefuseMoreGeneratedThanEvaluatedRecords() {
        // Given
        RunSpec spec = Specs.with(Specs.with(Specs.spec("run"), "evaluation.records", 3),
                "evaluation.exactMatchRecords", 4);

        // When, then
        assertThat(refusal(spec)).startsWith("evaluation.exactMatchRecords: ");
    }

    @Test
    void shouldAcceptAFrontAdapterAndNoAlignmentWithoutPublicText() {
        // Given
        RunSpec spec = Specs.spec("run");
        spec = Specs.with(spec, "split.frontAdapterLayers", 2);
        spec = Specs.with(spec, "split.backAdapterLayers", 2);
        spec = Specs.with(spec, "split.adapterLayers", List.of(0, 1, 10, 11));
        spec = Specs.with(spec, "split.teacherLayers", IntStream.range(2, 10).boxed().toList());
        spec = Specs.with(spec, "split.keptLayers", List.of(2, 4, 6, 9));
        spec = Specs.with(spec, "alignment.preSteps", 0);
        spec = Specs.with(spec, "alignment.steps", 0);
        spec = Specs.with(spec, "serverData.publicLocation", "");

        // When
        List<SpecificRecord> decisions = submit(spec);

        // Then
        assertThat(decisions.get(0)).isInstanceOf(RunAccepted.class);
    }

    @Test
    void shouldRefuseAnotherRunUnderAUsedIdAndLeaveTheFirstAlone() {
        // Given
        Recording recording = Recording.inRoundOne(Specs.spec("run"));
        CoordinatorState before = recording.state();

        // When
        List<SpecificRecord> decisions = recording.feed(new RunSubmitted(Specs.with(Specs.spec("run"), "seed", 8L)));

        // Then
        assertThat(decisions).singleElement().isInstanceOfSatisfying(RunRefused.class,
                refused -> assertThat(refused.getReason()).startsWith("runId: "));
        assertThat(recording.state()).isEqualTo(before);
    }

    @Test
    void shouldFindWithoutTheLogAllButWhatTheLogKnows() {
        RunSpec spec = Specs.with(Specs.spec("run"), "federation.clients", List.of("anna", "stranger"));

        assertThat(SpecCheck.refusal(spec)).isEmpty();
        assertThat(refusal(spec)).contains("stranger has no registered key");
        assertThat(SpecCheck.refusal(Specs.with(spec, "federation.quorum", 3)))
                .hasValueSatisfying(reason -> assertThat(reason).startsWith("federation.quorum: "));
        assertThat(SpecCheck.refusal(Specs.with(spec, "exposure.maxShare", 0.1)))
                .hasValueSatisfying(reason -> assertThat(reason).startsWith("exposure.maxShare: "));
    }

    private static String refusal(RunSpec spec) {
        List<SpecificRecord> decisions = submit(spec);
        assertThat(decisions).singleElement().isInstanceOf(RunRefused.class);
        return ((RunRefused) decisions.get(0)).getReason();
    }

    private static List<SpecificRecord> submit(RunSpec spec) {
        return Recording.withClients("anna", "ben", "cleo").feed(new RunSubmitted(spec));
    }
}
