package org.fedbiot.learning.data.generated;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.data.Example;

/**
 * The model owner's text where its location is no file but {@code generated:KIND}: as public text a {@link PublicText}'s
 * label, as evaluation text a {@link PrivateTask}'s. A task's label as public text is general text.
 */
public final class GeneratedLocation {
    private static final String PREFIX = "generated:";

    private GeneratedLocation() {
    }

    public static boolean is(String location) {
        return location.startsWith(PREFIX);
    }

    /** Where the model owner's public text is of this kind. */
    public static String of(PublicText kind) {
        return PREFIX + kind.label();
    }

    /** Where the model owner's evaluation text is of this task. */
    public static String of(PrivateTask task) {
        return PREFIX + task.label();
    }

    /** Locations that public text may have. */
    public static List<String> publicKinds() {
        return Stream.concat(Arrays.stream(PublicText.values()).map(GeneratedLocation::of),
                evaluationKinds().stream()).toList();
    }

    /** Locations that evaluation text may have. */
    public static List<String> evaluationKinds() {
        return Arrays.stream(PrivateTask.values()).map(GeneratedLocation::of).toList();
    }

    /** Public records, the held-out ones first. @throws BadInputException if there is no such kind */
    public static List<Example> publicText(String location, long seed) {
        PublicText kind = PublicText.of(kind(location)).or(() -> PrivateTask.of(kind(location))
                .map(task -> PublicText.GENERAL)).orElseThrow(() -> unknown(location, publicKinds()));
        // Public text does not depend on the private task.
        GeneratedSets sets = GeneratedSets.draw(PrivateTask.B, kind, GeneratedSets.Sizes.STANDARD, seed);
        return Stream.of(sets.publicHeldOut(), sets.publicTrain()).flatMap(List::stream).toList();
    }

    /** The owner's evaluation records. @throws BadInputException if there is no such kind */
    public static List<Example> evaluation(String location, long seed) {
        PrivateTask task = PrivateTask.of(kind(location)).orElseThrow(() -> unknown(location, evaluationKinds()));
        return GeneratedSets.draw(task, GeneratedSets.Sizes.STANDARD, seed).ownerEvaluation();
    }

    private static String kind(String location) {
        return location.substring(PREFIX.length());
    }

    private static BadInputException unknown(String location, List<String> known) {
        return new BadInputException(location + ": no such generated text; known: " + known);
    }
}
