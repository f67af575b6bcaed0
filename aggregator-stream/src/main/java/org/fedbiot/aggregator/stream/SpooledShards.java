package org.fedbiot.aggregator.stream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import org.fedbiot.aggregator.ShardFold;
import org.fedbiot.schemas.event.CountedUpdate;

/**
 * Differences that are read where they lie once and after that from a file: a fold that works on ranges would else read
 * and hash every record again for each of them. The file takes as many bytes as the differences have, and goes with
 * this, also if the process is killed.
 */
final class SpooledShards implements ShardFold.Differences, AutoCloseable {

    private final ShardFold.Differences source;
    private final Path file;
    private final FileChannel channel;
    private final Map<String, Long> starts = new HashMap<>();
    private long written;

    /** @throws UncheckedIOException if no file can be made in the directory */
    SpooledShards(ShardFold.Differences source, Path directory) {
        this.source = source;
        try {
            // Whether createDirectories takes a link to a directory depends on the Java release.
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(directory);
            }
            this.file = Files.createTempFile(directory, "fold", ".spool");
            this.channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE,
                    StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException e) {
            throw new UncheckedIOException("no file for a fold can be made in " + directory + ": " + e.getMessage(), e);
        }
    }

    /** @throws UncheckedIOException if the disk is full */
    @Override
    public ByteBuffer of(CountedUpdate update) {
        ByteBuffer difference = source.of(update);
        if (starts.putIfAbsent(update.getClientId(), written) == null) {
            ByteBuffer rest = difference.duplicate();
            try {
                while (rest.hasRemaining()) {
                    written += channel.write(rest, written);
                }
            } catch (IOException e) {
                throw failed(e);
            }
        }
        return difference;
    }

    @Override
    public ByteBuffer of(CountedUpdate update, int start, int end) {
        ByteBuffer range = ByteBuffer.allocate((end - start) * Float.BYTES);
        long from = starts.get(update.getClientId()) + (long) start * Float.BYTES;
        try {
            while (range.hasRemaining()) {
                if (channel.read(range, from + range.position()) < 0) {
                    throw new IOException("ends before byte " + (from + range.limit()));
                }
            }
        } catch (IOException e) {
            throw failed(e);
        }
        return range.flip();
    }

    private UncheckedIOException failed(IOException e) {
        return new UncheckedIOException(file + ": " + e.getMessage() + "; a fold by ranges needs room there for the"
                + " counted updates' shards", e);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw failed(e);
        }
    }
}
