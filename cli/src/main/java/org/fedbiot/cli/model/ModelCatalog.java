package org.fedbiot.cli.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.fedbiot.cli.UserError;

/** Models that have a name on this machine: the shipped one, and those that were pulled. */
public final class ModelCatalog {

    public static final String SHIPPED = "fedbiot-small";

    private static final String NAME = "[a-z0-9][a-z0-9.-]*";

    private ModelCatalog() {
    }

    public static boolean isName(String model) {
        return model.matches(NAME);
    }

    /** Where a model of this name would lie, whether it is there or not. */
    public static Path place(String name) {
        return name.equals(SHIPPED) ? home().resolve("models").resolve(SHIPPED)
                : ModelPull.modelsDirectory().resolve(name);
    }

    /** Where the model of this name lies; empty if none does. */
    public static Optional<Path> find(String name) {
        return Optional.of(name).filter(ModelCatalog::isName).map(ModelCatalog::place).filter(Files::isDirectory);
    }

    /** All names that are here or can be pulled, in order. */
    static List<String> names() {
        TreeSet<String> names = new TreeSet<>(ModelPull.NAMES);
        names.add(SHIPPED);
        Path pulled = ModelPull.modelsDirectory();
        if (Files.isDirectory(pulled)) {
            try (Stream<Path> entries = Files.list(pulled)) {
                entries.filter(Files::isDirectory).map(entry -> entry.getFileName().toString())
                        .filter(ModelCatalog::isName).forEach(names::add);
            } catch (IOException e) {
                throw new UserError(pulled + ": cannot be read: " + e.getMessage(), e);
            }
        }
        return List.copyOf(names);
    }

    /** The launcher says where the project lies; the working directory where nothing does. */
    private static Path home() {
        return Path.of(System.getProperty("fedbiot.home", "."));
    }
}
