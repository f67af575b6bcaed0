package org.fedbiot.coordinator;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.AlignmentSettings;
import org.fedbiot.schemas.event.DataType;
import org.fedbiot.schemas.event.EvaluationSettings;
import org.fedbiot.schemas.event.ExposureSettings;
import org.fedbiot.schemas.event.FederationSettings;
import org.fedbiot.schemas.event.LoraSettings;
import org.fedbiot.schemas.event.ModelSpec;
import org.fedbiot.schemas.event.PromptTemplate;
import org.fedbiot.schemas.event.ResourceSettings;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.ServerData;
import org.fedbiot.schemas.event.SplitSpec;
import org.fedbiot.schemas.event.TextSettings;
import org.fedbiot.schemas.event.TrainingSettings;

/** Specs of runs: a 12-layer model, adapter of 4, two teacher layers dropped, three clients, two rounds. */
public final class Specs {

    public static final String MODEL = "ab".repeat(32);

    private Specs() {
    }

    public static RunSpec spec(String runId) {
        return RunSpec.newBuilder()
                .setRunId(runId)
                .setSeed(7)
                .setModel(ModelSpec.newBuilder().setName("tiny").setLocation("/models/tiny").setSha256(MODEL)
                        .setDataType(DataType.FLOAT32).setLayers(12).setLayerParameters(100).setOtherParameters(300)
                        .build())
                .setSplit(SplitSpec.newBuilder().setBackAdapterLayers(4).setDropRate(0.25)
                        .setTeacherLayers(IntStream.range(0, 8).boxed().toList())
                        .setKeptLayers(List.of(0, 1, 3, 4, 5, 7))
                        .setAdapterLayers(List.of(8, 9, 10, 11)).build())
                .setLora(LoraSettings.newBuilder().setRank(4).setAlpha(8).setTargets(List.of("q", "v")).build())
                .setAlignment(AlignmentSettings.newBuilder().setPreSteps(3).setSteps(2).setBatchSize(2)
                        .setMicroBatchTokens(64).setLearningRate(1e-3).setKlWeight(1).build())
                .setTraining(TrainingSettings.newBuilder().setSteps(2).setBatchSize(2).setMicroBatchTokens(64)
                        .setLearningRate(1e-3).build())
                .setAggregation(AggregationSettings.newBuilder().build())
                .setFederation(FederationSettings.newBuilder().setRounds(2).setClients(List.of("anna", "ben", "cleo"))
                        .setQuorum(2).setDeadlineMillis(1_000).build())
                .setText(TextSettings.newBuilder().setTemplate(PromptTemplate.PLAIN).setMaxTokens(64).build())
                .setServerData(ServerData.newBuilder().setPublicLocation("generated:general")
                        .setEvaluationLocation("generated:task").build())
                .setEvaluation(EvaluationSettings.newBuilder().setMaxNewTokens(8).setBatchTokens(64).build())
                .setResources(ResourceSettings.newBuilder().setServerThreads(1).setClientThreads(1).build())
                .setExposure(ExposureSettings.newBuilder().build())
                .build();
    }

    /** Another cut of the same model: legal, but it holds the layers that {@link #spec} drops. */
    public static RunSpec adapterOfTwo(String runId) {
        RunSpec spec = with(spec(runId), "split.backAdapterLayers", 2);
        spec = with(spec, "split.adapterLayers", List.of(10, 11));
        spec = with(spec, "split.teacherLayers", IntStream.range(0, 10).boxed().toList());
        return with(spec, "split.keptLayers", List.of(0, 2, 4, 6, 9));
    }

    /**
     * A copy with one value changed.
     *
     * @param path such as {@code federation.quorum}
     */
    public static RunSpec with(RunSpec spec, String path, Object value) {
        RunSpec copy = RunSpec.newBuilder(spec).build();
        SpecificRecord owner = copy;
        String[] names = path.split("\\.");
        for (int i = 0; i < names.length - 1; i++) {
            owner = (SpecificRecord) owner.get(owner.getSchema().getField(names[i]).pos());
        }
        owner.put(owner.getSchema().getField(names[names.length - 1]).pos(), value);
        return copy;
    }
}
