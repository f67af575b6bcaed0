package org.fedbiot.worker.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.fedbiot.schemas.integrity.LittleEndian;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.worker.version.PayloadMissingException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What codecs have lost of one client's updates, on its own disk: of each run a file for the newest round, and one for
 * the round before it that the newest was made with. So a client that died in a round, or does it again for whatever
 * reason, starts from the same loss and hands in the same bytes. Whether an update counted the client is not told: what
 * it hands in moves the loss on. One thread at a time.
 */
final class Residuals {

    private static final Logger LOGGER = LoggerFactory.getLogger(Residuals.class);
    private static final Pattern RUN = Pattern.compile("[a-z0-9][a-z0-9-]*");
    private static final Pattern FILE = Pattern.compile("([0-9]{1,9})\\.residual");
    private static final int HASH_BYTES = 64;

    private final Path root;

    /** @param root of this client alone */
    Residuals(Path root) {
        this.root = Objects.requireNonNull(root, "root");
    }

    /**
     * What was lost when a round begins, the same however often it is asked.
     *
     * @return zeros in the client's first round of the run, or where its file is gone or damaged: that costs no more
     *     than what one update lost
     */
    float[] before(String runId, int round, int elements) {
        Path directory = directory(runId);
        try {
            OptionalInt last = last(directory, round);
            return last.isPresent() ? read(file(directory, last.getAsInt()), elements) : new float[elements];
        } catch (IOException e) {
            throw failure(directory, "cannot be read", e);
        }
    }

    /** Keeps what is lost when a round has been handed in; on disk when this returns. */
    void keep(String runId, int round, float[] lost) {
        Path directory = directory(runId);
        try {
            Files.createDirectories(directory);
            Path partial = directory.resolve(round + ".part");
            ByteBuffer bytes = LittleEndian.bytes(lost, 0, lost.length);
            try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                write(channel, ByteBuffer.wrap(Sha256.of(bytes).getBytes(StandardCharsets.US_ASCII)));
                write(channel, bytes);
                channel.force(true);
            }
            Files.move(partial, file(directory, round), StandardCopyOption.ATOMIC_MOVE);
            OptionalInt last = last(directory, round);
            if (last.isPresent()) {
                for (int old : rounds(directory).filter(kept -> kept < last.getAsInt()).toArray()) {
                    Files.delete(file(directory, old));
                }
            }
        } catch (IOException e) {
            throw failure(directory, "cannot be written", e);
        }
    }

    boolean has(String runId) {
        return RUN.matcher(runId).matches() && Files.isDirectory(directory(runId));
    }

    /** Lets go of a run that is over. */
    void drop(String runId) {
        Path directory = directory(runId);
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(directory);
        } catch (IOException e) {
            LOGGER.atWarn().addKeyValue("run", runId).addKeyValue("directory", directory)
                    .addKeyValue("error", e.getMessage()).log("residuals of a run that is over cannot be removed");
        }
    }

    private Path directory(String runId) {
        if (!RUN.matcher(runId).matches()) {
            throw new PayloadMissingException("run id \"" + runId + "\" is not of the form " + RUN);
        }
        return root.resolve(runId);
    }

    private static Path file(Path directory, int round) {
        return directory.resolve(round + ".residual");
    }

    /** The last round before this one of which there is a file. */
    private static OptionalInt last(Path directory, int round) throws IOException {
        return rounds(directory).filter(kept -> kept < round).max();
    }

    private static IntStream rounds(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return IntStream.empty();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> FILE.matcher(file.getFileName().toString())).filter(Matcher::matches)
                    .map(name -> name.group(1)).toList().stream().mapToInt(Integer::parseInt);
        }
    }

    private static float[] read(Path file, int elements) throws IOException {
        ByteBuffer stored = ByteBuffer.wrap(Files.readAllBytes(file));
        if (stored.remaining() == HASH_BYTES + elements * Float.BYTES) {
            byte[] hash = new byte[HASH_BYTES];
            stored.get(hash);
            if (Sha256.of(stored).equals(new String(hash, StandardCharsets.US_ASCII))) {
                return LittleEndian.floats(stored);
            }
        }
        LOGGER.atWarn().addKeyValue("file", file).addKeyValue("bytes", stored.limit())
                .log("what was lost of earlier updates is not what was written, starting from zeros");
        return new float[elements];
    }

    private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static UncheckedIOException failure(Path directory, String what, IOException cause) {
        return new UncheckedIOException("%s: residuals %s: %s".formatted(directory, what, cause.getMessage()), cause);
    }
}
