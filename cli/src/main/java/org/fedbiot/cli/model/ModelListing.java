package org.fedbiot.cli.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.format.BaseModel;
import org.fedbiot.learning.model.LlamaConfig;

/**
 * A model by name; the names of its JSON are public.
 *
 * @param state here, absent (can be pulled) or unusable
 * @param location where it lies or would lie
 * @param layers 0 where the model cannot be read
 * @param parameters 0 where the model cannot be read
 * @param problem why it is unusable, else empty
 */
record ModelListing(String name, String state, String location, int layers, long parameters, String problem) {

    static ModelListing of(String name) {
        Path location = ModelCatalog.place(name).toAbsolutePath().normalize();
        if (!Files.exists(location)) {
            return new ModelListing(name, "absent", location.toString(), 0, 0, "");
        }
        try {
            LlamaConfig config = BaseModel.open(location).config();
            return new ModelListing(name, "here", location.toString(), config.layers(), config.parameters(), "");
        } catch (BadInputException e) {
            return new ModelListing(name, "unusable", location.toString(), 0, 0, e.getMessage());
        }
    }

    String line() {
        return switch (state) {
            case "here" -> String.format(Locale.ROOT, "%-24s %3d layers, %,d parameters  %s", name, layers, parameters,
                    location);
            case "absent" -> String.format("%-24s not here; fedbiot model pull %s", name, name);
            default -> String.format("%-24s cannot be used: %s", name, problem);
        };
    }
}
