package org.fedbiot.cli.experiment.cost;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.fedbiot.learning.model.LlamaConfig;
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

/** Runs of a model of six layers whose sizes are all different, so that no two can be mixed up unseen. */
final class CostSpecs {

    static final LlamaConfig CONFIG = new LlamaConfig(20, 8, 14, 6, 2, 1, 6, 10_000, 1e-5, true, 64);
    static final Texts TEXTS = new Texts(new TextShape(40, 10, 4), new TextShape(9, 11, 3), new TextShape(50, 7, 5),
            new TextShape(30, 9, 5));

    private CostSpecs() {
    }

    /** Three clients, three rounds, adapter of the last two layers, layer 1 dropped. */
    static RunSpec fedbiot() {
        return RunSpec.newBuilder().setRunId("run").setSeed(1)
                .setModel(ModelSpec.newBuilder().setName("tiny").setLocation("tiny").setSha256("ab".repeat(32))
                        .setDataType(DataType.FLOAT32).setLayers(6).setLayerParameters(CONFIG.layerParameters())
                        .setOtherParameters(CONFIG.otherParameters()).build())
                .setSplit(split(0, 2, 0, 2, 3))
                .setLora(LoraSettings.newBuilder().setRank(3).setAlpha(6).setTargets(List.of("q", "v", "down")).build())
                .setAlignment(AlignmentSettings.newBuilder().setPreSteps(4).setSteps(2).setBatchSize(5)
                        .setMicroBatchTokens(64).setLearningRate(1e-3).setKlWeight(1).setHeldOutRecords(6).build())
                .setTraining(TrainingSettings.newBuilder().setSteps(10).setBatchSize(2).setMicroBatchTokens(64)
                        .setLearningRate(1e-3).build())
                .setAggregation(AggregationSettings.newBuilder().build())
                .setFederation(FederationSettings.newBuilder().setRounds(3).setClients(List.of("anna", "ben", "cleo"))
                        .setQuorum(2).setDeadlineMillis(60_000).build())
                .setText(TextSettings.newBuilder().setTemplate(PromptTemplate.PLAIN).setMaxTokens(64).build())
                .setServerData(ServerData.newBuilder().setPublicLocation("public").setEvaluationLocation("own").build())
                .setEvaluation(EvaluationSettings.newBuilder().setRecords(8).setExactMatchRecords(2).setMaxNewTokens(4)
                        .setEveryRounds(1).setBatchTokens(64).build())
                .setResources(new ResourceSettings(1, 1)).setExposure(ExposureSettings.newBuilder().build()).build();
    }

    static SplitSpec split(int front, int back, Integer... kept) {
        return SplitSpec.newBuilder().setFrontAdapterLayers(front).setBackAdapterLayers(back).setDropRate(0)
                .setTeacherLayers(IntStream.range(front, 6 - back).boxed().toList()).setKeptLayers(List.of(kept))
                .setAdapterLayers(Stream.concat(IntStream.range(0, front).boxed(),
                        IntStream.range(6 - back, 6).boxed()).toList()).build();
    }

    static RunSpec with(RunSpec spec, TrainingSettings.Builder training) {
        return RunSpec.newBuilder(spec).setTraining(training.build()).build();
    }

    static RunSpec with(RunSpec spec, AlignmentSettings.Builder alignment) {
        return RunSpec.newBuilder(spec).setAlignment(alignment.build()).build();
    }

    static RunSpec with(RunSpec spec, FederationSettings.Builder federation) {
        return RunSpec.newBuilder(spec).setFederation(federation.build()).build();
    }

    static RunSpec withoutAlignment(RunSpec spec) {
        return with(spec, AlignmentSettings.newBuilder(spec.getAlignment()).setPreSteps(0).setSteps(0));
    }
}
