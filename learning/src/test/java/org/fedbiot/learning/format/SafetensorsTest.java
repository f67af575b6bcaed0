package org.fedbiot.learning.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.fedbiot.learning.BadInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
    @TempDir
    Path directory;

    @Test
    void shouldGiveBackWhatWasWrittenInPiecesAndOutOfOrder() throws IOException {
        // Given
        Path file = directory.resolve("a.safetensors");
        ByteBuffer a = floats(1, -2, 3.5f, 4, 5, 6);
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, List.of(
                TensorDeclaration.of("a", ElementType.F32, 2, 3), TensorDeclaration.of("b", ElementType.BF16, 2)),
                Map.of("format", "pt"))) {
            // When
            writer.write("b", 0, ByteBuffer.wrap(new byte[] {(byte) 0x80, 0x3f, 0x20, (byte) 0xc0}));
            writer.write("a", 8, a.slice(8, 16));
            writer.write("a", 0, a.slice(0, 8));
            writer.write("a", 4, a.slice(4, 8));
            assertThat(file).doesNotExist();
            writer.commit();
        }

        // Then
        SafetensorsFile read = SafetensorsFile.open(file);
        assertThat(read.names()).containsExactly("a", "b");
        assertThat(read.shape("a")).containsExactly(2, 3);
        assertThat(read.float32("a")).isEqualTo(a);
        assertThat(read.float32("b")).isEqualTo(floats(1, -2.5f));
        assertThat(read.metadata()).containsEntry("format", "pt");
        assertThat(list()).containsExactly("a.safetensors");
    }

    @Test
    void shouldLeaveNothingWhenItIsNotCommitted() throws IOException {
        try (SafetensorsWriter writer = SafetensorsWriter.create(directory.resolve("a.safetensors"),
                List.of(TensorDeclaration.of("a", ElementType.F32, 4)), Map.of())) {
            writer.write("a", 0, floats(1, 2));
            writer.write("a", 12, floats(4));

            assertThatThrownBy(writer::commit).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("tensor a is incomplete").hasMessageContaining("{0=8, 12=16}");
        }
        assertThat(list()).isEmpty();
    }

    @Test
    void shouldRefuseBytesOutsideTheTensor() throws IOException {
        try (SafetensorsWriter writer = SafetensorsWriter.create(directory.resolve("a.safetensors"),
                List.of(TensorDeclaration.of("a", ElementType.F32, 2)), Map.of())) {
            assertThatThrownBy(() -> writer.write("a", 4, floats(1, 2))).hasMessageContaining("bytes 4 to 12 of tensor a");
            assertThatThrownBy(() -> writer.write("b", 0, floats(1))).hasMessageContaining("b was not declared");
        }
    }

    @Test
    void shouldWidenHalfPrecisionExactly() throws IOException {
        // Given 1, -2, the largest, the smallest subnormal, the smallest normal, infinity, -0
        short[] bits = {0x3c00, (short) 0xc000, 0x7bff, 0x0001, 0x0400, 0x7c00, (short) 0x8000};
        ByteBuffer stored = ByteBuffer.allocate(14).order(ByteOrder.LITTLE_ENDIAN);
        stored.asShortBuffer().put(bits);
        Path file = raw("{\"h\":{\"dtype\":\"F16\",\"shape\":[7],\"data_offsets\":[0,14]}}", stored.array());

        // When
        ByteBuffer wide = SafetensorsFile.open(file).float32("h");

        // Then
        float[] values = new float[7];
        wide.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        assertThat(values).containsExactly(1f, -2f, 65504f, 0x1p-24f, 0x1p-14f, Float.POSITIVE_INFINITY, -0f);
    }

    @Test
    void shouldRoundToBfloat16ToNearestTiesToEven() {
        assertThat(Integer.toHexString(HalfPrecision.toBfloat16(Float.intBitsToFloat(0x3f808000)) & 0xffff))
                .isEqualTo("3f80");
        assertThat(Integer.toHexString(HalfPrecision.toBfloat16(Float.intBitsToFloat(0x3f818000)) & 0xffff))
                .isEqualTo("3f82");
        assertThat(Integer.toHexString(HalfPrecision.toBfloat16(Float.intBitsToFloat(0x3f808001)) & 0xffff))
                .isEqualTo("3f81");
        assertThat(HalfPrecision.fromBfloat16(HalfPrecision.toBfloat16(Float.intBitsToFloat(0x7f800001)))).isNaN();
        assertThat(HalfPrecision.fromBfloat16(HalfPrecision.toBfloat16(Float.NEGATIVE_INFINITY)))
                .isEqualTo(Float.NEGATIVE_INFINITY);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | 7 | truncated: tensor a",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | 9 | 1 bytes after the last tensor",
        "{\"a\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]}} | 8 | tensor a has dtype I64",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}} | 8 | needs 12 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}} | 8 | impossible shape",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,8]}} | 8 | impossible shape",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | 8 | tensor a starts at byte 4",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}} | 8 | no shape or data_offsets",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{}} | 4 | not JSON",
        "{\"a\": | 4 | not JSON",
        "[] | 4 | not a JSON object"})
    void shouldNameWhatIsWrong(String header, int dataBytes, String message) throws IOException {
        Path file = raw(header, new byte[dataBytes]);
        assertThatThrownBy(() -> SafetensorsFile.open(file)).isInstanceOf(BadInputException.class)
                .hasMessageContaining("raw.safetensors").hasMessageContaining(message).hasMessageNotContaining("\n");
    }

    @Test
    void shouldNotBelieveAHeaderLength() throws IOException {
        Path file = directory.resolve("raw.safetensors");
        ByteBuffer bytes = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(file, bytes.putLong(0, 90_000_000).array());
        assertThatThrownBy(() -> SafetensorsFile.open(file)).hasMessageContaining("truncated: header of 90000000");
        Files.write(file, bytes.putLong(0, -1).array());
        assertThatThrownBy(() -> SafetensorsFile.open(file)).hasMessageContaining("not a safetensors file");
        Files.write(file, new byte[3]);
        assertThatThrownBy(() -> SafetensorsFile.open(file)).hasMessageContaining("truncated: 3 bytes");
    }

    @Test
    void shouldReadShardsThroughTheirIndex() throws IOException {
        // Given
        shard("x-1.safetensors", "a", 1);
        shard("x-2.safetensors", "b", 2);
        Path index = directory.resolve(SafetensorsDirectory.INDEX);
        Files.writeString(index, "{\"weight_map\":{\"a\":\"x-1.safetensors\",\"b\":\"x-2.safetensors\"}}");

        // When, Then
        SafetensorsDirectory read = SafetensorsDirectory.open(directory);
        assertThat(read.names()).containsExactly("a", "b");
        assertThat(read.float32("b")).isEqualTo(floats(2));

        Files.writeString(index, "{\"weight_map\":{\"a\":\"x-2.safetensors\"}}");
        assertThatThrownBy(() -> SafetensorsDirectory.open(directory)).hasMessageContaining("tensor a is in x-2");
        Files.writeString(index, "{\"weight_map\":{\"a\":\"x-3.safetensors\"}}");
        assertThatThrownBy(() -> SafetensorsDirectory.open(directory)).hasMessageContaining("x-3.safetensors: missing");
        Files.writeString(index, "{\"weight_map\":{\"a\":\"../x-1.safetensors\"}}");
        assertThatThrownBy(() -> SafetensorsDirectory.open(directory)).hasMessageContaining("is not a file name");
        Files.delete(index);
        assertThatThrownBy(() -> SafetensorsDirectory.open(directory)).hasMessageContaining("holds neither");
    }

    private void shard(String name, String tensor, float value) throws IOException {
        try (SafetensorsWriter writer = SafetensorsWriter.create(directory.resolve(name),
                List.of(TensorDeclaration.of(tensor, ElementType.F32, 1)), Map.of())) {
            writer.write(tensor, 0, floats(value));
            writer.commit();
        }
    }

    private Path raw(String header, byte[] data) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(json.length).put(json).put(data);
        return Files.write(directory.resolve("raw.safetensors"), out.array());
    }

    private List<String> list() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    private static ByteBuffer floats(float... values) {
        return LittleEndianFloats.bytes(Arrays.copyOf(values, values.length), 0, values.length);
    }
}
