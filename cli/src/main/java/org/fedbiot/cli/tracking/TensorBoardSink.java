package org.fedbiot.cli.tracking;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.fedbiot.cli.UserError;
import org.fedbiot.observer.RunPicture;

/**
 * One event file for a run, in a directory of its name: a function of the log, whoever wrote it and how often. While a
 * run is followed the file grows at its end, so that a TensorBoard that has it open reads on. Where what is there does
 * not fit before what is known now, it is written anew.
 */
final class TensorBoardSink implements TrackingSink {

    private static final String NAME = "events.out.tfevents.%d.fedbiot";
    private static final int MILLIS_PER_SECOND = 1_000;

    private final Path root;
    private final String runId;

    TensorBoardSink(Path root, String runId) {
        this.root = root;
        this.runId = runId;
    }

    @Override
    public void bringUpTo(RunPicture run) {
        Path file = root.resolve(runId).resolve(NAME.formatted(run.acceptedMillis() / MILLIS_PER_SECOND));
        byte[] wanted = EventFile.of(run.acceptedMillis(), RunPoints.of(run));
        try {
            Files.createDirectories(file.getParent());
            byte[] found = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
            if (isPrefix(found, wanted)) {
                Files.write(file, Arrays.copyOfRange(wanted, found.length, wanted.length), StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            } else {
                Path whole = Files.write(file.resolveSibling("." + file.getFileName() + ".partial"), wanted);
                Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UserError(file + ": cannot be written: " + e.getMessage(), e);
        }
    }

    @Override
    public String location() {
        return root.resolve(runId).toString();
    }

    private static boolean isPrefix(byte[] found, byte[] wanted) {
        return found.length <= wanted.length && Arrays.equals(found, 0, found.length, wanted, 0, found.length);
    }
}
