package org.fedbiot.cli.replay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import org.fedbiot.cli.UserError;

/**
 * Flat fp32 vectors of one length in a temporary file: a round's updates may be larger than the heap, and a rule that
 * works on ranges asks for each of them many times. The file goes when this is closed. One thread at a time.
 */
final class VectorFile implements AutoCloseable {

    private final Path file;
    private final FileChannel channel;
    private final long vectorBytes;
    private final Map<Integer, ByteBuffer> mapped = new HashMap<>();

    /**
     * @param elements of each vector
     * @throws UserError if there is no place for temporary files
     */
    VectorFile(int elements) {
        this.vectorBytes = (long) elements * Float.BYTES;
        try {
            this.file = Files.createTempFile("fedbiot-replay", ".vectors");
            this.channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE,
                    StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException e) {
            throw new UserError("no temporary file can be made: " + e.getMessage()
                    + "; name another directory with -Djava.io.tmpdir", e);
        }
    }

    /**
     * Sets a range of a vector.
     *
     * @param start first element
     * @param data little-endian fp32, from position to limit; its position stays
     * @throws UserError if the disk is full
     */
    void put(int vector, int start, ByteBuffer data) {
        ByteBuffer rest = data.duplicate();
        long at = vector * vectorBytes + (long) start * Float.BYTES;
        try {
            while (rest.hasRemaining()) {
                at += channel.write(rest, at);
            }
        } catch (IOException e) {
            throw new UserError(file + ": " + e.getMessage() + "; make room there, or name another directory with"
                    + " -Djava.io.tmpdir", e);
        }
    }

    /** A range of a vector, in place: reading it takes no heap. Whatever was not set is 0. */
    ByteBuffer range(int vector, int start, int end) {
        ByteBuffer whole = mapped.computeIfAbsent(vector, this::map);
        return whole.slice(start * Float.BYTES, (end - start) * Float.BYTES);
    }

    private ByteBuffer map(int vector) {
        try {
            return channel.map(FileChannel.MapMode.READ_WRITE, vector * vectorBytes, vectorBytes);
        } catch (IOException e) {
            throw new UserError(file + ": cannot be mapped: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        mapped.clear();
        try {
            channel.close();
        } catch (IOException e) {
            throw new UserError(file + ": cannot be closed: " + e.getMessage(), e);
        }
    }
}
