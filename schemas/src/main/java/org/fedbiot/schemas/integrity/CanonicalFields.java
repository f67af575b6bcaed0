package org.fedbiot.schemas.integrity;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Fields in a fixed order, each after its length as a big-endian int, so that no two lists of fields give the same
 * bytes. The first field is the domain: bytes signed as one kind of event never pass for another.
 */
final class CanonicalFields {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    CanonicalFields(String domain) {
        text(domain);
    }

    CanonicalFields text(String value) {
        return field(value.getBytes(StandardCharsets.UTF_8));
    }

    CanonicalFields texts(List<String> values) {
        number(values.size());
        values.forEach(this::text);
        return this;
    }

    CanonicalFields number(int value) {
        return field(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
    }

    CanonicalFields number(long value) {
        return field(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }

    /** By its bits, so that every NaN and both zeros are told apart as they travel. */
    CanonicalFields number(double value) {
        return number(Double.doubleToRawLongBits(value));
    }

    byte[] toBytes() {
        return bytes.toByteArray();
    }

    private CanonicalFields field(byte[] value) {
        bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(value.length).array());
        bytes.writeBytes(value);
        return this;
    }
}
