package org.fedbiot.coordinator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.fedbiot.schemas.event.ModelSpec;
import org.fedbiot.schemas.event.RunSpec;

/**
 * What clients may ever see of a base model, over all runs on it (design 6, invariant 1). Embedding, final norm and
 * head go to every client and always count.
 *
 * @param layers layers of the base model that clients hold after this run, ascending
 * @param share of the base model's parameters
 */
record Exposure(List<Integer> layers, double share) {

    Exposure {
        layers = List.copyOf(layers);
    }

    /**
     * @param before layers that earlier runs on the same base model gave away
     */
    static Exposure of(RunSpec spec, List<Integer> before) {
        TreeSet<Integer> layers = new TreeSet<>(before);
        layers.addAll(spec.getSplit().getKeptLayers());
        layers.addAll(spec.getSplit().getAdapterLayers());
        ModelSpec model = spec.getModel();
        double held = (double) layers.size() * model.getLayerParameters() + model.getOtherParameters();
        double total = (double) model.getLayers() * model.getLayerParameters() + model.getOtherParameters();
        return new Exposure(new ArrayList<>(layers), held / total);
    }

    /** Why this exposure is not allowed, or empty. */
    Optional<String> refusal(RunSpec spec, List<Integer> before) {
        if (spec.getExposure().getAllowAll()) {
            return Optional.empty();
        }
        String advice = "; drop more layers, submit the same split as the earlier runs on this base model, or set "
                + "exposure.allowAll where that is meant";
        if (layers.size() == spec.getModel().getLayers()) {
            return Optional.of("split.keptLayers: with layers " + before + " exposed by earlier runs, this run would "
                    + "give clients all " + layers.size() + " layers of base model " + spec.getModel().getSha256()
                    + advice);
        }
        double maxShare = spec.getExposure().getMaxShare();
        if (share > maxShare) {
            return Optional.of("exposure.maxShare: layers " + layers + " of base model " + spec.getModel().getSha256()
                    + " are " + share + " of its parameters, more than " + maxShare + advice);
        }
        return Optional.empty();
    }
}
