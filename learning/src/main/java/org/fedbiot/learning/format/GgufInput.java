package org.fedbiot.learning.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.fedbiot.learning.BadInputException;

/** Reads the head of a GGUF file from the front. No length is believed that the file could not hold. */
final class GgufInput {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final long MAX_STRING_BYTES = 16L << 20;
    private static final long MAX_ARRAY_LENGTH = 16L << 20;

    private final Path file;
    private final FileChannel channel;
    private final long size;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN).limit(0);
    /** File position of the byte after the buffer's limit. */
    private long bufferEnd;

    GgufInput(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        this.size = channel.size();
    }

    long position() {
        return bufferEnd - buffer.remaining();
    }

    long remaining() {
        return size - position();
    }

    long int32() throws IOException {
        return need(4, "a number").getInt();
    }

    long uint32() throws IOException {
        return need(4, "a number").getInt() & 0xffffffffL;
    }

    /** A count or size; more than a signed long holds cannot be meant. */
    long count(String what, long max) throws IOException {
        long value = need(8, what).getLong();
        if (value < 0 || value > max) {
            throw new BadInputException(file, "damaged GGUF: " + what + " " + Long.toUnsignedString(value)
                    + " at byte " + (position() - 8) + " of " + size);
        }
        return value;
    }

    String string(String what) throws IOException {
        int length = (int) count("length of " + what, Math.min(MAX_STRING_BYTES, remaining()));
        byte[] bytes = new byte[length];
        for (int done = 0; done < length; ) {
            int part = Math.min(BUFFER_BYTES, length - done);
            need(part, what).get(bytes, done, part);
            done += part;
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** A metadata value: Long, Float, Double, Boolean, String, or a List of one of them. */
    Object value(long type, String key) throws IOException {
        if (type != 9) {
            return scalar(type, key);
        }
        long elementType = uint32();
        long length = count("array length of " + key, Math.min(MAX_ARRAY_LENGTH, remaining()));
        List<Object> values = new ArrayList<>();
        for (long i = 0; i < length; i++) {
            values.add(scalar(elementType, key));
        }
        return List.copyOf(values);
    }

    private Object scalar(long type, String key) throws IOException {
        return switch ((int) type) {
            case 0 -> need(1, key).get() & 0xffL;
            case 1 -> (long) need(1, key).get();
            case 2 -> need(2, key).getShort() & 0xffffL;
            case 3 -> (long) need(2, key).getShort();
            case 4 -> uint32();
            case 5 -> int32();
            case 6 -> need(4, key).getFloat();
            case 7 -> need(1, key).get() != 0;
            case 8 -> string(key);
            case 10, 11 -> need(8, key).getLong();
            case 12 -> need(8, key).getDouble();
            default -> throw new BadInputException(file, "damaged GGUF: key " + key + " has value type " + type);
        };
    }

    private ByteBuffer need(int bytes, String what) throws IOException {
        if (remaining() < bytes) {
            throw new BadInputException(file, "truncated: " + what + " at byte " + position() + ", the file has " + size);
        }
        if (buffer.remaining() < bytes) {
            buffer.compact();
            while (buffer.position() < bytes) {
                int read = channel.read(buffer, bufferEnd);
                if (read < 0) {
                    throw new IOException("file shrank while it was read");
                }
                bufferEnd += read;
            }
            buffer.flip();
        }
        return buffer;
    }
}
