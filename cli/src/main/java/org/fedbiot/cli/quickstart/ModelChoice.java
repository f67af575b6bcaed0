package org.fedbiot.cli.quickstart;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.model.ModelCatalog;
import org.fedbiot.cli.settings.SettingsTree;

/**
 * Which model a person means.
 *
 * @param name for people
 * @param location directory or GGUF file
 * @param preset whose settings it starts from
 */
public record ModelChoice(String name, Path location, String preset) {

    public static final String SHIPPED = ModelCatalog.SHIPPED;
    private static final String UNTUNED = "any";

    /** @throws UserError if there is no such model, with what to do about it */
    public static ModelChoice of(String model) {
        if (model.equals(SHIPPED)) {
            return new ModelChoice(SHIPPED, ModelCatalog.place(SHIPPED), SHIPPED);
        }
        Optional<Path> pulled = ModelCatalog.find(model);
        if (pulled.isPresent()) {
            return new ModelChoice(model, pulled.get(), SettingsTree.hasPreset(model) ? model : UNTUNED);
        }
        Path path = Path.of(model);
        if (Files.exists(path)) {
            return new ModelChoice(path.toAbsolutePath().normalize().getFileName().toString(), path, UNTUNED);
        }
        if (SettingsTree.hasPreset(model)) {
            throw new UserError("model " + model + " is not here yet: ./fedbiot model pull " + model);
        }
        throw new UserError("no model " + model + ": neither a pulled one nor a directory or GGUF file");
    }

    public boolean isShipped() {
        return name.equals(SHIPPED);
    }
}
