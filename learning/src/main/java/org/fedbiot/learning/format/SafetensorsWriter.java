package org.fedbiot.learning.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Writes one safetensors file, tensor bytes in any order and in any pieces, so that a model may be put together from
 * chunks as they arrive or computed one tensor at a time. The file stands under its name only after {@link #commit()};
 * closed without that, nothing is left. Used by one thread.
 */
public final class SafetensorsWriter implements AutoCloseable {
    private final Path target;
    private final Path temporary;
    private final FileChannel channel;
    private final SafetensorsHeader header;
    private final Map<String, SafetensorsHeader.Entry> entries = new HashMap<>();
    private final Map<String, TreeMap<Long, Long>> written = new HashMap<>();

    private SafetensorsWriter(Path target, Path temporary, FileChannel channel, SafetensorsHeader header) {
        this.target = target;
        this.temporary = temporary;
        this.channel = channel;
        this.header = header;
        for (SafetensorsHeader.Entry entry : header.entries()) {
            entries.put(entry.tensor().name(), entry);
            written.put(entry.tensor().name(), new TreeMap<>());
        }
    }

    /**
     * Starts a file with these tensors, laid out in this order.
     *
     * @param metadata goes into the file's {@code __metadata__}; may be empty
     */
    public static SafetensorsWriter create(Path target, List<TensorDeclaration> tensors,
            Map<String, String> metadata) throws IOException {
        if (tensors.stream().map(TensorDeclaration::name).distinct().count() != tensors.size()) {
            throw new IllegalArgumentException(target + ": a tensor is declared twice");
        }
        SafetensorsHeader header = SafetensorsHeader.layout(tensors, metadata);
        Path temporary = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".part");
        FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        SafetensorsWriter writer = new SafetensorsWriter(target, temporary, channel, header);
        try {
            writer.writeAt(0, header.encode());
            return writer;
        } catch (IOException e) {
            writer.close();
            throw e;
        }
    }

    /**
     * Writes a piece of one tensor's stored bytes (position to limit, position unchanged). A piece may be written again.
     *
     * @param offset of the piece, in bytes from the tensor's first
     */
    public void write(String tensor, long offset, ByteBuffer bytes) throws IOException {
        SafetensorsHeader.Entry entry = entries.get(tensor);
        if (entry == null) {
            throw new IllegalArgumentException(target + ": tensor " + tensor + " was not declared");
        }
        long end = Math.addExact(offset, bytes.remaining());
        if (offset < 0 || end > entry.tensor().bytes()) {
            throw new IllegalArgumentException(target + ": bytes " + offset + " to " + end + " of tensor " + tensor
                    + ", which has " + entry.tensor().bytes());
        }
        writeAt(header.dataStart() + entry.begin() + offset, bytes.duplicate());
        markWritten(written.get(tensor), offset, end);
    }

    /** Puts the file under its name. Every byte of every tensor must have been written. */
    public void commit() throws IOException {
        for (SafetensorsHeader.Entry entry : header.entries()) {
            long bytes = entry.tensor().bytes();
            TreeMap<Long, Long> ranges = written.get(entry.tensor().name());
            if (bytes > 0 && !Map.of(0L, bytes).equals(ranges)) {
                throw new IllegalStateException(target + ": tensor " + entry.tensor().name()
                        + " is incomplete: of " + bytes + " bytes only these ranges were written: " + ranges);
            }
        }
        channel.force(true);
        channel.close();
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(temporary);
    }

    private void writeAt(long position, ByteBuffer bytes) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    /** Keeps the ranges disjoint and as few as can be: begin to end. */
    private static void markWritten(TreeMap<Long, Long> ranges, long from, long to) {
        if (from == to) {
            return;
        }
        long begin = from;
        long end = to;
        Map.Entry<Long, Long> near = ranges.floorEntry(end);
        while (near != null && near.getValue() >= begin) {
            begin = Math.min(begin, near.getKey());
            end = Math.max(end, near.getValue());
            ranges.remove(near.getKey());
            near = ranges.floorEntry(end);
        }
        ranges.put(begin, end);
    }
}
