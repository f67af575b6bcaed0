package org.fedbiot.cli.tracking;

import java.util.Objects;

/**
 * A number of a run.
 *
 * @param tag what it is, such as {@code train/loss}
 * @param step the round, for alignments the emulator version
 * @param atMillis epoch time of the event that settled it
 */
record TrackedPoint(String tag, int step, long atMillis, double value) {

    TrackedPoint {
        Objects.requireNonNull(tag, "tag");
    }

    /** What tells it from every other point of its run. */
    Id id() {
        return new Id(tag, step);
    }

    record Id(String tag, int step) {
    }
}
