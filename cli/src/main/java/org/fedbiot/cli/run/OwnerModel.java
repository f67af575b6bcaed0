package org.fedbiot.cli.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.model.ModelCatalog;
import org.fedbiot.cli.settings.ModelSettings;
import org.fedbiot.cli.settings.SplitSettings;
import org.fedbiot.cli.simulation.RunPlan;
import org.fedbiot.learning.format.BaseModel;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.schemas.event.ModelSpec;

/**
 * The model of a run file. Where its files are at hand they say all; where they are not, the run file must, and the
 * server worker that opens them holds them against it.
 *
 * @param spec its hash is empty where neither files nor run file say it
 * @param unchecked what was taken on trust; empty if the files were read
 */
record OwnerModel(ModelSpec spec, LlamaConfig config, Optional<String> unchecked) {

    /**
     * @param directory from which a relative location goes
     * @throws UserError if the files are not what the run file says, or neither says enough
     */
    static OwnerModel of(ModelSettings model, Path directory, SplitSettings split) {
        Path location = place(model.location(), directory);
        String name = model.name().isEmpty() ? location.getFileName().toString() : model.name();
        return Files.exists(location) ? opened(model, location, name, split) : trusted(model, location, name, split);
    }

    private static Path place(String location, Path directory) {
        if (ModelCatalog.isName(location) && !Files.exists(directory.resolve(location))) {
            return ModelCatalog.place(location).toAbsolutePath().normalize();
        }
        return directory.resolve(location).normalize();
    }

    private static OwnerModel opened(ModelSettings model, Path location, String name, SplitSettings split) {
        BaseModel files = BaseModel.open(location);
        LlamaConfig config = files.config();
        model.shape().ifPresent(shape -> {
            if (!ModelSettings.fits(config, shape)) {
                throw new UserError("model.shape: the model at " + location + " has " + config + ", the run file says "
                        + shape);
            }
        });
        ModelSpec spec = RunPlan.model(files, name, split);
        if (!model.sha256().isEmpty() && !model.sha256().equals(spec.getSha256())) {
            throw new UserError("model.sha256: the model at " + location + " has " + spec.getSha256()
                    + ", the run file says " + model.sha256());
        }
        return new OwnerModel(spec, config, Optional.empty());
    }

    private static OwnerModel trusted(ModelSettings model, Path location, String name, SplitSettings split) {
        LlamaConfig shape = model.shape().orElseThrow(() -> new UserError("model.location: nothing at " + location
                + "; where the files are on another machine, say model.shape and model.sha256, which fedbiot model"
                + " inspect prints there"));
        ModelSpec spec = ModelSpec.newBuilder(RunPlan.model(shape, name, split))
                .setLocation(location.toString()).setSha256(model.sha256()).build();
        return new OwnerModel(spec, shape, Optional.of("the model: nothing at " + location
                + " on this machine, so its weights, tokenizer and hash were not read"));
    }
}
