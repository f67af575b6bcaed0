package org.fedbiot.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoundedDecoderTest {

    @FunctionalInterface
    private interface Write {
        void to(BinaryEncoder encoder) throws IOException;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 1, 63, 64, -65, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE})
    void shouldReadNumbersAsAvroWritesThem(long value) throws IOException {
        assertThat(decoder(out -> out.writeLong(value)).readLong()).isEqualTo(value);
    }

    @Test
    void shouldReadEveryKindOfValue() throws IOException {
        BoundedDecoder decoder = decoder(out -> {
            out.writeBoolean(true);
            out.writeFloat(1.5f);
            out.writeDouble(-2.25);
            out.writeString("größe");
            out.writeBytes(new byte[] {1, 2, 3});
            out.writeFixed(new byte[] {4, 5});
            out.writeEnum(3);
        });

        assertThat(decoder.readBoolean()).isTrue();
        assertThat(decoder.readFloat()).isEqualTo(1.5f);
        assertThat(decoder.readDouble()).isEqualTo(-2.25);
        assertThat(decoder.readString()).isEqualTo("größe");
        assertThat(decoder.readBytes(null)).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        byte[] fixed = new byte[2];
        decoder.readFixed(fixed, 0, 2);
        assertThat(fixed).containsExactly(4, 5);
        assertThat(decoder.readEnum()).isEqualTo(3);
        assertThat(decoder.remaining()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 4, Integer.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE})
    void shouldRefuseALengthThatIsNotThere(long length) throws IOException {
        Write threeBytesAfterIt = out -> {
            out.writeLong(length);
            out.writeFixed(new byte[3]);
        };

        BoundedDecoder bytes = decoder(threeBytesAfterIt);
        assertThatThrownBy(() -> bytes.readBytes(null)).isInstanceOf(AvroRuntimeException.class)
                .hasMessageContaining("claims " + length);
        BoundedDecoder text = decoder(threeBytesAfterIt);
        assertThatThrownBy(text::readString).isInstanceOf(AvroRuntimeException.class);
        BoundedDecoder skipped = decoder(threeBytesAfterIt);
        assertThatThrownBy(skipped::skipBytes).isInstanceOf(AvroRuntimeException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {4, Integer.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE})
    void shouldRefuseMoreItemsThanBytes(long items) throws IOException {
        BoundedDecoder decoder = decoder(out -> {
            out.writeLong(items);
            out.writeFixed(new byte[3]);
        });

        assertThatThrownBy(decoder::readArrayStart).isInstanceOf(AvroRuntimeException.class);
    }

    @Test
    void shouldSkipBlocksThatCarryTheirSize() throws IOException {
        // Given a block of two items in three bytes, then the end
        BoundedDecoder decoder = decoder(out -> {
            out.writeLong(-2);
            out.writeLong(3);
            out.writeFixed(new byte[3]);
            out.writeLong(0);
        });

        assertThat(decoder.skipArray()).isZero();
        assertThat(decoder.remaining()).isZero();
    }

    @Test
    void shouldSayThatTheBytesEnd() {
        BoundedDecoder decoder = new BoundedDecoder(new byte[] {1, 2}, 0);

        assertThatThrownBy(decoder::readDouble).isInstanceOf(EOFException.class).hasMessageContaining("8 more bytes");
    }

    @Test
    void shouldRefuseANumberWithoutEnd() {
        byte[] more = new byte[12];
        Arrays.fill(more, (byte) 0x80);

        assertThatThrownBy(() -> new BoundedDecoder(more, 0).readLong()).isInstanceOf(AvroRuntimeException.class);
    }

    private static BoundedDecoder decoder(Write write) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        write.to(encoder);
        encoder.flush();
        return new BoundedDecoder(bytes.toByteArray(), 0);
    }
}
