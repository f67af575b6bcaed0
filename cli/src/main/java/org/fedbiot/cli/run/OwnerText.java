package org.fedbiot.cli.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.fedbiot.cli.UserError;
import org.fedbiot.learning.data.JsonlExamples;
import org.fedbiot.learning.data.generated.PrivateTask;

/**
 * A set of the model owner's text.
 *
 * @param location absolute, or {@code generated:KIND}
 * @param records that can be used; empty where the file is not at hand
 * @param unchecked what was taken on trust; empty if there was nothing to trust
 */
record OwnerText(String location, Optional<Integer> records, Optional<String> unchecked) {

    private static final String GENERATED = "generated:";

    /**
     * @param key of the run file, for messages
     * @param directory from which a relative location goes
     * @throws UserError if there is no such generated text
     * @throws org.fedbiot.learning.BadInputException if the file holds no record that can be used
     */
    static OwnerText of(String key, String location, Path directory) {
        if (location.isEmpty()) {
            return new OwnerText("", Optional.empty(), Optional.empty());
        }
        if (location.startsWith(GENERATED)) {
            String kind = location.substring(GENERATED.length());
            if (Arrays.stream(PrivateTask.values()).noneMatch(task -> name(task).equals(kind))) {
                throw new UserError(key + ": " + location + ": no such generated text; known: "
                        + Arrays.stream(PrivateTask.values()).map(task -> GENERATED + name(task)).toList());
            }
            return new OwnerText(location, Optional.empty(), Optional.empty());
        }
        Path file = directory.resolve(location).normalize();
        if (!Files.exists(file)) {
            return new OwnerText(file.toString(), Optional.empty(), Optional.of(key + ": nothing at " + file
                    + " on this machine, so its records were not read"));
        }
        return new OwnerText(file.toString(), Optional.of(JsonlExamples.read(file).examples().size()),
                Optional.empty());
    }

    private static String name(PrivateTask task) {
        return task.name().toLowerCase(Locale.ROOT);
    }
}
