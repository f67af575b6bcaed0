package org.fedbiot.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.fedbiot.schemas.event.RunSpec;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three seeds of what {@code chaos/run-chaos} does with any number, each process in a JVM of its own. */
class ChaosIT {

    /** Kept after the test: the logs of all processes say what went wrong. */
    private static final Path DIRECTORY =
            Path.of("target", "chaos-it", Long.toString(System.currentTimeMillis(), Character.MAX_RADIX));

    private static TrialFiles files;
    private static RunSpec run;
    private static LogFacts reference;

    @BeforeAll
    static void runUndisturbed() {
        files = TrialFiles.write(DIRECTORY.resolve("files"));
        run = files.spec(ChaosCommand.ROUNDS, Map.of());
        Trial.Outcome outcome = Trial.undisturbed(DIRECTORY.resolve("undisturbed"), files, run);
        assertThat(outcome.problems()).isEmpty();
        assertThat(outcome.ownExits()).isEmpty();
        reference = outcome.facts().orElseThrow();
        assertThat(reference.adapters().values()).doesNotHaveDuplicates().hasSize(ChaosCommand.ROUNDS + 1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldEndWithTheSameBytesWhateverWasKilled(long seed) {
        Trial.Outcome outcome =
                Trial.struck(DIRECTORY.resolve("seed-" + seed), files, run, Schedule.of(seed, ChaosCommand.ROUNDS));

        assertThat(outcome.problems()).as("problems of seed %d, killed %s", seed, outcome.strikes()).isEmpty();
        assertThat(outcome.kills()).isGreaterThanOrEqualTo(Role.values().length);
        assertThat(outcome.facts().orElseThrow().adapters()).isEqualTo(reference.adapters());
        assertThat(outcome.facts().orElseThrow().emulators()).isEqualTo(reference.emulators());
    }

    @Test
    void shouldCountEveryUpdateThatWasInTheLogWhenTheDeadlinePassedInAnOutage() {
        assertThat(DeadlineTrial.run(DIRECTORY.resolve("deadline"), files, reference)).isEmpty();
    }
}
