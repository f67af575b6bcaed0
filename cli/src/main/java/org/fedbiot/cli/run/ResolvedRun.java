package org.fedbiot.cli.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.settings.RunFile;
import org.fedbiot.cli.settings.RunSettings;
import org.fedbiot.cli.simulation.RunPlan;
import org.fedbiot.coordinator.SpecCheck;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.schemas.event.ModelSpec;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.ServerData;

/**
 * A run as it would be submitted, checked as far as that goes without the cluster.
 *
 * @param spec its model's hash is empty where nobody said it
 * @param config shape of the full model
 * @param unchecked what was taken on trust, as sentences
 */
record ResolvedRun(RunSpec spec, LlamaConfig config, List<String> unchecked) {

    /** Stands for a hash that nobody said while everything else is checked. */
    private static final String SOME_HASH = "0".repeat(64);
    /** Each owner has a file of its own. */
    private static final String OWN_FILES = "files";

    ResolvedRun {
        unchecked = List.copyOf(unchecked);
    }

    /**
     * @param runId the run's, wherever it was named
     * @throws UserError naming the key that cannot be
     * @throws org.fedbiot.learning.BadInputException if a file of the model owner cannot be used
     */
    static ResolvedRun of(RunFile file, String runId) {
        RunSettings settings = file.settings();
        OwnerModel model = OwnerModel.of(file.model(), file.directory(), settings.split());
        RunPlan.requireContext(settings.text(), model.config());
        OwnerText publicText = OwnerText.publicText(file.publicText(), file.directory());
        OwnerText evaluation = OwnerText.evaluation(file.evaluationText(), file.directory());
        int heldOut = settings.alignment().getHeldOutRecords();
        publicText.records().filter(records -> records <= heldOut).ifPresent(records -> {
            throw new UserError("serverData.publicLocation: " + publicText.location() + " has " + records
                    + " records, too few to keep alignment.heldOutRecords " + heldOut + " aside");
        });
        RunSpec spec = RunPlan.spec(runId, settings, model.spec(),
                RunPlan.split(settings.split(), model.config().layers()), ServerData.newBuilder()
                        .setPublicLocation(publicText.location()).setEvaluationLocation(evaluation.location())
                        .setPartition(OWN_FILES).build());
        SpecCheck.refusal(checkable(spec)).ifPresent(refusal -> {
            throw new UserError(refusal);
        });
        List<String> unchecked = new ArrayList<>();
        model.unchecked().ifPresent(unchecked::add);
        publicText.unchecked().ifPresent(unchecked::add);
        evaluation.unchecked().ifPresent(unchecked::add);
        return new ResolvedRun(spec, model.config(), unchecked);
    }

    private static RunSpec checkable(RunSpec spec) {
        return spec.getModel().getSha256().isEmpty() ? RunSpec.newBuilder(spec).setModel(
                ModelSpec.newBuilder(spec.getModel()).setSha256(SOME_HASH).build()).build() : spec;
    }

    /** Why no server worker could carry it out as it stands, though nothing is wrong with it; empty if one could. */
    Optional<String> incomplete() {
        return spec.getModel().getSha256().isEmpty()
                ? Optional.of("model.sha256: missing, and " + spec.getModel().getLocation()
                        + " is not on this machine; fedbiot model inspect prints it where the model is")
                : Optional.empty();
    }
}
