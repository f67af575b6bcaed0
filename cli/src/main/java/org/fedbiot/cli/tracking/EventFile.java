package org.fedbiot.cli.tracking;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * TensorBoard's event file: TFRecord frames, each with a message {@code tensorflow.Event} in Protocol Buffers.
 *
 * <pre>
 * frame      u64 length | u32 masked CRC-32C of the length | message | u32 masked CRC-32C of the message
 * Event      1: wall_time (double)   2: step (int64)   3: file_version (string)   5: summary
 * Summary    1: value                Value   1: tag (string)   2: simple_value (float)
 * </pre>
 */
final class EventFile {

    private static final String VERSION = "brain.Event:2";
    private static final double MILLIS_PER_SECOND = 1_000;
    private static final int MASK_DELTA = 0xa282ead8;
    private static final int MASK_ROTATION = 15;

    private static final int WALL_TIME = 1;
    private static final int STEP = 2;
    private static final int FILE_VERSION = 3;
    private static final int SUMMARY = 5;
    private static final int VALUE = 1;
    private static final int TAG = 1;
    private static final int SIMPLE_VALUE = 2;

    private EventFile() {
    }

    /** @param startMillis epoch time that the file says it was begun */
    static byte[] of(long startMillis, List<TrackedPoint> points) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(frame(new Message().doubleField(WALL_TIME, startMillis / MILLIS_PER_SECOND)
                .bytesField(FILE_VERSION, VERSION.getBytes(StandardCharsets.UTF_8)).bytes()));
        points.forEach(point -> file.writeBytes(frame(event(point))));
        return file.toByteArray();
    }

    private static byte[] event(TrackedPoint point) {
        byte[] value = new Message().bytesField(TAG, point.tag().getBytes(StandardCharsets.UTF_8))
                .floatField(SIMPLE_VALUE, (float) point.value()).bytes();
        Message event = new Message().doubleField(WALL_TIME, point.atMillis() / MILLIS_PER_SECOND);
        if (point.step() != 0) {
            event.varintField(STEP, point.step());
        }
        return event.bytesField(SUMMARY, new Message().bytesField(VALUE, value).bytes()).bytes();
    }

    private static byte[] frame(byte[] message) {
        ByteBuffer frame = ByteBuffer.allocate(Long.BYTES + Integer.BYTES + message.length + Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        frame.putLong(message.length);
        frame.putInt(maskedCrc(frame.array(), Long.BYTES));
        frame.put(message);
        frame.putInt(maskedCrc(message, message.length));
        return frame.array();
    }

    /** A checksum over data that holds checksums is weak, so each is turned and moved. */
    private static int maskedCrc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return Integer.rotateRight((int) crc.getValue(), MASK_ROTATION) + MASK_DELTA;
    }

    /** A message as it is put together, fields in the order of their numbers. */
    private static final class Message {

        private static final int WIRE_VARINT = 0;
        private static final int WIRE_64_BIT = 1;
        private static final int WIRE_LENGTH = 2;
        private static final int WIRE_32_BIT = 5;
        private static final int FIELD_SHIFT = 3;
        private static final int GROUP_BITS = 7;
        private static final int GROUP = 0x7f;
        private static final int MORE = 0x80;

        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message doubleField(int field, double value) {
            key(field, WIRE_64_BIT);
            out.writeBytes(ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN).putDouble(value).array());
            return this;
        }

        Message floatField(int field, float value) {
            key(field, WIRE_32_BIT);
            out.writeBytes(ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array());
            return this;
        }

        Message varintField(int field, long value) {
            key(field, WIRE_VARINT);
            varint(value);
            return this;
        }

        Message bytesField(int field, byte[] value) {
            key(field, WIRE_LENGTH);
            varint(value.length);
            out.writeBytes(value);
            return this;
        }

        byte[] bytes() {
            return out.toByteArray();
        }

        private void key(int field, int wireType) {
            varint((long) field << FIELD_SHIFT | wireType);
        }

        private void varint(long value) {
            long rest = value;
            while ((rest & ~GROUP) != 0) {
                out.write((int) (rest & GROUP) | MORE);
                rest >>>= GROUP_BITS;
            }
            out.write((int) rest);
        }
    }
}
