package org.fedbiot.schemas.wire;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.io.Decoder;
import org.apache.avro.util.Utf8;

/**
 * Avro binary over a byte array, where every length and count is checked against the bytes that are left before
 * anything is allocated for it. Avro's own decoder allocates what the bytes claim.
 */
final class BoundedDecoder extends Decoder {

    private static final int VARINT_BITS = 7;
    private static final int VARINT_MORE = 0x80;

    private final ByteBuffer bytes;

    BoundedDecoder(byte[] data, int from) {
        this.bytes = ByteBuffer.wrap(data, from, data.length - from).order(ByteOrder.LITTLE_ENDIAN);
    }

    int remaining() {
        return bytes.remaining();
    }

    @Override
    public void readNull() {
        // nothing is written for it
    }

    @Override
    public boolean readBoolean() throws IOException {
        byte value = need(1).get();
        if (value != 0 && value != 1) {
            throw new AvroRuntimeException("a boolean must be 0 or 1, not " + value);
        }
        return value == 1;
    }

    @Override
    public int readInt() throws IOException {
        long value = readLong();
        if (value != (int) value) {
            throw new AvroRuntimeException(value + " is not an int");
        }
        return (int) value;
    }

    @Override
    public long readLong() throws IOException {
        long raw = 0;
        for (int shift = 0; shift < Long.SIZE; shift += VARINT_BITS) {
            byte next = need(1).get();
            raw |= (long) (next & (VARINT_MORE - 1)) << shift;
            if ((next & VARINT_MORE) == 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw new AvroRuntimeException("a number has more than ten bytes");
    }

    @Override
    public float readFloat() throws IOException {
        return need(Float.BYTES).getFloat();
    }

    @Override
    public double readDouble() throws IOException {
        return need(Double.BYTES).getDouble();
    }

    @Override
    public Utf8 readString(Utf8 old) throws IOException {
        return new Utf8(take(readLength()));
    }

    @Override
    public String readString() throws IOException {
        return new String(take(readLength()), StandardCharsets.UTF_8);
    }

    @Override
    public void skipString() throws IOException {
        skip(readLength());
    }

    /** A view of the record's own bytes: payloads are most of what they are in, and are not copied once more. */
    @Override
    public ByteBuffer readBytes(ByteBuffer old) throws IOException {
        int length = readLength();
        ByteBuffer view = bytes.slice(bytes.position(), length);
        bytes.position(bytes.position() + length);
        return view;
    }

    @Override
    public void skipBytes() throws IOException {
        skip(readLength());
    }

    @Override
    public void readFixed(byte[] target, int start, int length) throws IOException {
        need(length).get(target, start, length);
    }

    @Override
    public void skipFixed(int length) throws IOException {
        skip(length);
    }

    @Override
    public int readEnum() throws IOException {
        return readInt();
    }

    @Override
    public int readIndex() throws IOException {
        return readInt();
    }

    @Override
    public long readArrayStart() throws IOException {
        return readBlock();
    }

    @Override
    public long arrayNext() throws IOException {
        return readBlock();
    }

    @Override
    public long skipArray() throws IOException {
        return skipBlocks();
    }

    @Override
    public long readMapStart() throws IOException {
        return readBlock();
    }

    @Override
    public long mapNext() throws IOException {
        return readBlock();
    }

    @Override
    public long skipMap() throws IOException {
        return skipBlocks();
    }

    /** Items of the next block. Every item of every event takes at least a byte, which bounds their count. */
    private long readBlock() throws IOException {
        long items = readLong();
        if (items < 0) {
            checkCount(readLong());
            items = -items;
        }
        return checkCount(items);
    }

    /** Skips the blocks whose size is written with them; the caller skips the items of one whose size is not. */
    private long skipBlocks() throws IOException {
        long items = readLong();
        while (items < 0) {
            skip((int) checkCount(readLong()));
            items = readLong();
        }
        return checkCount(items);
    }

    private long checkCount(long count) {
        if (count < 0 || count > bytes.remaining()) {
            throw new AvroRuntimeException("a list claims " + count + " items or bytes where " + bytes.remaining()
                    + " bytes are left");
        }
        return count;
    }

    private int readLength() throws IOException {
        long length = readLong();
        if (length < 0 || length > bytes.remaining()) {
            throw new AvroRuntimeException("a field claims " + length + " bytes where " + bytes.remaining()
                    + " are left");
        }
        return (int) length;
    }

    private byte[] take(int length) {
        int from = bytes.arrayOffset() + bytes.position();
        byte[] taken = Arrays.copyOfRange(bytes.array(), from, from + length);
        bytes.position(bytes.position() + length);
        return taken;
    }

    private void skip(int length) throws IOException {
        need(length);
        bytes.position(bytes.position() + length);
    }

    private ByteBuffer need(int length) throws EOFException {
        if (length > bytes.remaining()) {
            throw new EOFException("it ends where " + length + " more bytes were needed, " + bytes.remaining()
                    + " are left");
        }
        return bytes;
    }
}
