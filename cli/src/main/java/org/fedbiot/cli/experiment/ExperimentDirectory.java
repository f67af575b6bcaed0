package org.fedbiot.cli.experiment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.report.RunRecord;

/**
 * Where an experiment keeps its files. A cell is finished when its record lies in its place, whole; anything less is
 * thrown away and run again.
 */
record ExperimentDirectory(Path root) {

    /** @throws UserError if the directory cannot be made */
    void create() {
        try {
            Files.createDirectories(root);
        } catch (IOException e) {
            throw new UserError(root + ": cannot be made: " + e.getMessage(), e);
        }
    }

    Path plan() {
        return root.resolve("experiment.json");
    }

    Path report() {
        return root.resolve("report");
    }

    Path cell(String id) {
        return root.resolve("cells").resolve(id);
    }

    /** Of a finished cell. */
    Path record(String id) {
        return cell(id).resolve("record");
    }

    private Path failure(String id) {
        return cell(id).resolve("failed.txt");
    }

    boolean isFinished(String id) {
        return Files.isRegularFile(record(id).resolve(CellLog.NAME));
    }

    /** @throws UserError if the cell's record cannot be read */
    Optional<RunRecord> finished(String id) {
        return isFinished(id) ? Optional.of(CellLog.read(record(id), id)) : Optional.empty();
    }

    /** Why a cell failed when it was run last; empty for a finished one. */
    Optional<String> failed(String id) {
        try {
            return isFinished(id) || !Files.isRegularFile(failure(id)) ? Optional.empty()
                    : Optional.of(Files.readString(failure(id)).strip());
        } catch (IOException e) {
            throw new UserError(failure(id) + ": cannot be read: " + e.getMessage(), e);
        }
    }

    void fail(String id, String reason) {
        try {
            Files.createDirectories(cell(id));
        } catch (IOException e) {
            throw new UserError(cell(id) + ": cannot be made: " + e.getMessage(), e);
        }
        write(failure(id), (reason + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Held by the one process that works here. */
    record Lock(FileChannel channel) implements AutoCloseable {

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /**
     * Keeps other processes out until it is closed, or this one ends in whatever way.
     *
     * @throws UserError if another works here
     */
    Lock lock() {
        Path file = root.resolve("lock");
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                channel.close();
                throw new UserError(root + ": another process runs this experiment; wait for it, or end it");
            }
            return new Lock(channel);
        } catch (IOException e) {
            throw new UserError(file + ": cannot be locked: " + e.getMessage(), e);
        }
    }

    /** Writes a file whole or not at all. */
    static void write(Path file, byte[] bytes) {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.write(part, bytes);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UserError(file + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /** Removes a file, or a directory with all in it; nothing if it is not there. */
    static void delete(Path path) {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(path)) {
            for (Path each : (Iterable<Path>) tree.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(each);
            }
        } catch (IOException | UncheckedIOException e) {
            throw new UserError(path + ": cannot be removed: " + e.getMessage(), e);
        }
    }

    /** What came of each cell as far as the files say. */
    List<CellResult> results(List<PlannedCell> cells) {
        return cells.stream().map(this::result).toList();
    }

    private CellResult result(PlannedCell planned) {
        Optional<RunRecord> run = planned.problem().isEmpty() ? finished(planned.id()) : Optional.empty();
        String problem = planned.problem().isEmpty() ? failed(planned.id()).orElse("not run yet") : planned.problem();
        return new CellResult(planned.cell(), run, run.isPresent() ? "" : problem);
    }
}
