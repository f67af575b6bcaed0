package org.fedbiot.cli.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** One place that a model can be had from. */
interface ModelSource {
    /** For people: what it is and where. */
    String describe();

    /** Disk space that a fetch takes at its peak. */
    long peakBytes();

    /**
     * Puts the model's files into an empty directory.
     *
     * @param scratch an empty directory for anything else, removed afterwards
     * @throws Unreachable this source does not answer; another may
     * @throws org.fedbiot.cli.UserError it answered with something that is not the model
     */
    void fetch(Path directory, Path scratch, Consumer<String> progress) throws IOException, Unreachable;

    /** The source could not be asked, and why, in one line. */
    final class Unreachable extends Exception {
        private static final long serialVersionUID = 1L;

        Unreachable(String message) {
            super(message);
        }
    }
}
