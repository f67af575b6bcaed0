package org.fedbiot.cli.simulation;

import java.nio.file.Path;
import java.util.List;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.settings.RunSettings;
import org.fedbiot.cli.settings.SplitSettings;
import org.fedbiot.learning.format.BaseModel;
import org.fedbiot.learning.method.LayerRule;
import org.fedbiot.learning.method.LayerSplit;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.schemas.event.ModelSpec;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.ServerData;
import org.fedbiot.schemas.event.SplitSpec;
import org.fedbiot.schemas.event.TextSettings;

/** Turns settings and the facts of a model into the spec that is submitted. */
public final class RunPlan {

    private RunPlan() {
    }

    /**
     * @param model opened by its owner; its weights are read once, for their identity
     * @param publicText alignment set
     * @param evaluationText the owner's evaluation set
     */
    public static RunSpec spec(
            String runId, RunSettings settings, BaseModel model, String modelName, SplitSpec split, Path publicText,
            Path evaluationText) {
        return spec(runId, settings, model(model, modelName, settings.split()), split, ServerData.newBuilder()
                .setPublicLocation(publicText.toAbsolutePath().toString())
                .setEvaluationLocation(evaluationText.toAbsolutePath().toString())
                .setPartition(settings.data().partition())
                .setPartitionAlpha(settings.data().partitionAlpha())
                .build());
    }

    /** The facts of a model that was opened; its weights are read once, for their identity. */
    public static ModelSpec model(BaseModel model, String name, SplitSettings split) {
        return ModelSpec.newBuilder(model(model.config(), name, split))
                .setLocation(model.location().toAbsolutePath().toString())
                .setSha256(model.sha256())
                .build();
    }

    /** What follows from a model's shape; place and identity are left empty. */
    public static ModelSpec model(LlamaConfig config, String name, SplitSettings split) {
        return ModelSpec.newBuilder()
                .setName(name)
                .setLocation("")
                .setSha256("")
                .setDataType(split.baseType())
                .setLayers(config.layers())
                .setLayerParameters(config.layerParameters())
                .setOtherParameters(config.otherParameters())
                .build();
    }

    /** @param serverData where the model owner's text lies */
    public static RunSpec spec(
            String runId, RunSettings settings, ModelSpec model, SplitSpec split, ServerData serverData) {
        return RunSpec.newBuilder()
                .setRunId(runId)
                .setSeed(settings.seed())
                .setModel(model)
                .setSplit(split)
                .setLora(settings.lora())
                .setAlignment(settings.alignment())
                .setTraining(settings.training())
                .setAggregation(settings.aggregation())
                .setFederation(settings.federation())
                .setText(settings.text())
                .setServerData(serverData)
                .setEvaluation(settings.evaluation())
                .setResources(settings.resources())
                .setExposure(settings.exposure())
                .setLinks(settings.links().orElse(null))
                .build();
    }

    /**
     * Longer sequences than the model's context would fail in the middle of a run, on whichever record is the first.
     *
     * @throws UserError if text is to be cut at more tokens than the model can read
     */
    public static void requireContext(TextSettings text, LlamaConfig config) {
        if (text.getMaxTokens() > config.contextLength()) {
            throw new UserError("text.maxTokens: " + text.getMaxTokens() + " is more than the "
                    + config.contextLength() + " tokens that are this model's context");
        }
    }

    /**
     * Which layers go where.
     *
     * @throws UserError if adapter size and drop rate do not fit the model, such as leaving fewer than two layers
     */
    public static SplitSpec split(SplitSettings settings, int layers) {
        LayerSplit split;
        try {
            split = LayerSplit.of(layers, settings.frontAdapterLayers(), settings.backAdapterLayers(),
                    settings.dropRate(), LayerRule.valueOf(settings.layerRule().name()));
        } catch (IllegalArgumentException e) {
            throw new UserError("split.backAdapterLayers, split.dropRate: " + e.getMessage(), e);
        }
        return SplitSpec.newBuilder()
                .setFrontAdapterLayers(settings.frontAdapterLayers())
                .setBackAdapterLayers(settings.backAdapterLayers())
                .setDropRate(settings.dropRate())
                .setLayerRule(settings.layerRule())
                .setTeacherLayers(List.copyOf(split.teacherLayers()))
                .setKeptLayers(List.copyOf(split.keptLayers()))
                .setAdapterLayers(List.copyOf(split.adapterLayers()))
                .build();
    }
}
