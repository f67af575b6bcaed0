package org.fedbiot.cli.exposure;

import java.util.List;

/**
 * What was read of a base model under its public names. Counts are of parameters; {@code original} is null where no
 * model was given to compare with.
 *
 * @param model path of the owner's model; null if none was given
 * @param runs all on this base model, as their manifests say
 * @param rest embedding, final norm and head
 * @param changed tensors that went out with other bytes than the model's, by their name in the full model
 * @param unnamed chunks that no manifest names; with a model given, those that are its weights are counted all the same
 */
record ExposureReport(
        String runId,
        String modelSha256,
        String model,
        List<Run> runs,
        List<Layer> layers,
        Part rest,
        Part whole,
        List<String> changed,
        Unnamed unnamed) {

    ExposureReport {
        runs = List.copyOf(runs);
        layers = List.copyOf(layers);
        changed = List.copyOf(changed);
    }

    /** @param adapterVersions of LoRA factors that were read, as {@code emulatorVersions} */
    record Run(String runId, List<Integer> emulatorLayers, List<Integer> adapterLayers, String dataType,
            int adapterVersions, int emulatorVersions) {
    }

    /** @param roles of the layer in the runs; empty if all dropped it */
    record Layer(int layer, List<String> roles, Part parameters) {
    }

    /** @param held placed by manifests and borne out by payloads */
    record Part(long total, long held, Long original) {

        /** Whatever is the worse: by the manifests, or by the bytes. */
        long known() {
            return original == null ? held : Math.max(held, original);
        }
    }

    record Unnamed(int chunks, long bytes) {
    }

    /** Whether all layers were read whole. */
    boolean isEveryLayerKnown() {
        return layers.stream().allMatch(layer -> layer.parameters().known() >= layer.parameters().total());
    }
}
