package org.fedbiot.cli.experiment;

import java.nio.file.Path;
import java.util.Optional;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.quickstart.ModelChoice;
import org.fedbiot.cli.settings.ModelSettings;
import org.fedbiot.cli.settings.SettingsTree;
import org.fedbiot.learning.format.BaseModel;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.text.Tokenizer;

/**
 * An experiment's model: opened where it is here, else known by the shape that the file gives, which does for a plan.
 *
 * @param preset whose settings it starts from
 * @param tokenizer empty where the model is not here
 * @param missing why nothing can be run on it; empty if it is here
 */
record ExperimentModel(Planning.Model facts, String preset, boolean isShipped, Optional<Tokenizer> tokenizer,
        Optional<String> missing) {

    private static final String UNTUNED = "any";
    /** Stands for the hash of weights that are not here; no run gets it. */
    private static final String SOME_HASH = "0".repeat(64);

    /** @throws UserError if it is not here and the file gives no shape, or is another one than the file says */
    static ExperimentModel of(ExperimentFile file) {
        ModelChoice choice;
        try {
            choice = ModelChoice.of(file.model());
        } catch (UserError absent) {
            LlamaConfig shape = file.shape().orElseThrow(() -> absent);
            return new ExperimentModel(new Planning.Model(file.model(), Path.of(file.model()), SOME_HASH, shape),
                    SettingsTree.hasPreset(file.model()) ? file.model() : UNTUNED, false,
                    Optional.empty(), Optional.of(absent.getMessage()));
        }
        BaseModel opened = BaseModel.open(choice.location());
        file.shape().filter(shape -> !ModelSettings.fits(opened.config(), shape)).ifPresent(shape -> {
            throw new UserError(file.file() + ": shape: the model at " + opened.location() + " has " + opened.config()
                    + ", the file says " + shape);
        });
        return new ExperimentModel(new Planning.Model(choice.name(), opened.location(), opened.sha256(),
                opened.config()), choice.preset(), choice.isShipped(), Optional.of(opened.tokenizer()),
                Optional.empty());
    }
}
