package org.fedbiot.cli.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.fedbiot.cli.UserError;
import org.fedbiot.learning.data.JsonlExamples;
import org.fedbiot.learning.data.generated.GeneratedLocation;

/**
 * A set of the model owner's text.
 *
 * @param location absolute, or {@code generated:KIND}
 * @param records that can be used; empty where the file is not at hand
 * @param unchecked what was taken on trust; empty if there was nothing to trust
 */
record OwnerText(String location, Optional<Integer> records, Optional<String> unchecked) {

    /** The alignment set. @throws UserError or BadInputException as the evaluation set does */
    static OwnerText publicText(String location, Path directory) {
        return of("serverData.publicLocation", location, directory, GeneratedLocation.publicKinds());
    }

    /**
     * @param directory from which a relative location goes
     * @throws UserError if there is no such generated text
     * @throws org.fedbiot.learning.BadInputException if the file holds no record that can be used
     */
    static OwnerText evaluation(String location, Path directory) {
        return of("serverData.evaluationLocation", location, directory, GeneratedLocation.evaluationKinds());
    }

    /** @param key of the run file, for messages */
    private static OwnerText of(String key, String location, Path directory, List<String> generated) {
        if (location.isEmpty()) {
            return new OwnerText("", Optional.empty(), Optional.empty());
        }
        if (GeneratedLocation.is(location)) {
            if (!generated.contains(location)) {
                throw new UserError(key + ": " + location + ": no such generated text; known: " + generated);
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
}
