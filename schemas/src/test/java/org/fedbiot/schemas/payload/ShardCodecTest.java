package org.fedbiot.schemas.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.fedbiot.schemas.event.UpdateCodec;
import org.fedbiot.schemas.integrity.LittleEndian;
import org.fedbiot.schemas.integrity.ShardPlan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShardCodecTest {

    private static final ShardCodec FP32 = ShardCodec.of(UpdateCodec.FP32);
    private static final ShardCodec BF16 = ShardCodec.of(UpdateCodec.BF16);
    private static final ShardCodec INT8 = ShardCodec.of(UpdateCodec.INT8);

    @Test
    void shouldTakeFp32AsItIs() {
        float[] values = {1.5f, -0f, Float.MIN_VALUE, Float.NaN};

        ByteBuffer bytes = FP32.encode(values, 0, 4);

        assertThat(bytes).isEqualTo(LittleEndian.bytes(values, 0, 4));
        assertThat(FP32.decode(bytes)).isEqualTo(bytes);
        assertThat(List.of(FP32.isExact(), BF16.isExact(), INT8.isExact())).containsExactly(true, false, false);
    }

    /** Every upper half of fp32 with lower halves around the places where rounding turns. */
    @Test
    void shouldRoundToTheNearestBf16OfTwoNeighboursByTheirDistanceInFloat64() {
        int[] lowerHalves = {0, 1, 0x7fff, 0x8000, 0x8001, 0xffff};
        float[] values = new float[0x10000 * lowerHalves.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.intBitsToFloat(i / lowerHalves.length << 16 | lowerHalves[i % lowerHalves.length]);
        }

        float[] decoded = LittleEndian.floats(BF16.decode(BF16.encode(values, 0, values.length)));

        for (int i = 0; i < values.length; i++) {
            if (Float.isNaN(values[i])) {
                assertThat(decoded[i]).isNaN();
            } else {
                assertThat(Float.floatToRawIntBits(decoded[i])).as("bf16 of %s", values[i])
                        .isEqualTo(Float.floatToRawIntBits(nearest(values[i])));
            }
        }
    }

    /** By magnitudes as float64, where the step after the largest finite bf16 is 2^128. */
    private static float nearest(float value) {
        int toZero = Float.floatToRawIntBits(value) & 0xffff0000;
        float near = Float.intBitsToFloat(toZero);
        if (near == value) {
            return near;
        }
        float far = Float.intBitsToFloat(toZero + 0x10000);
        double farMagnitude = Float.isInfinite(far) ? Math.pow(2, 128) : Math.abs((double) far);
        double toNear = Math.abs((double) value) - Math.abs((double) near);
        double toFar = farMagnitude - Math.abs((double) value);
        if (toNear == toFar) {
            return (toZero >>> 16) % 2 == 0 ? near : far;
        }
        return toNear < toFar ? near : far;
    }

    @Test
    void shouldLayOutBf16AsUpperHalvesWithTheLowByteFirst() {
        assertThat(bytes(BF16.encode(new float[] {1f, -2.5f}, 0, 2)))
                .isEqualTo(HexFormat.of().parseHex("803f" + "20c0"));
    }

    @Test
    void shouldLayOutInt8AsBlocksOfAScaleAndSignedBytes() {
        // Given a block whose scale is 1, and one element of the next, whose scale is 2
        float[] values = new float[257];
        values[0] = 127;
        values[1] = -1;
        values[255] = -127;
        values[256] = 254;

        ByteBuffer bytes = INT8.encode(values, 0, values.length);

        byte[] expected = new byte[4 + 256 + 4 + 1];
        ByteBuffer.wrap(expected).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, 1f).put(4, (byte) 127).put(5, (byte) -1)
                .put(4 + 255, (byte) -127).putFloat(260, 2f).put(264, (byte) 127);
        assertThat(bytes(bytes)).isEqualTo(expected);
        assertThat(LittleEndian.floats(INT8.decode(bytes))).containsExactly(values);
    }

    @Test
    void shouldRoundHalfAStepOfInt8ToTheEven() {
        float[] values = {127, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f, -2.5f, 126.5f, 0.75f};

        assertThat(LittleEndian.floats(INT8.decode(INT8.encode(values, 0, values.length))))
                .containsExactly(127, 0, 2, 2, 0, -2, -2, 126, 1);
    }

    /** In exact arithmetic: the scale is the smallest that reaches the largest value, and none is off by over half. */
    @ParameterizedTest
    @CsvSource({"1, 1", "255, 1", "256, 1e-3", "257, 1e30", "1000, 1e-30", "513, 1e-43", "700, 1e-45"})
    void shouldLoseAtMostHalfAScaleOfInt8(int elements, float magnitude) {
        float[] values = noise(elements, magnitude);

        ByteBuffer bytes = INT8.encode(values, 0, elements).order(ByteOrder.LITTLE_ENDIAN);
        float[] decoded = LittleEndian.floats(INT8.decode(bytes));

        assertThat(decoded).hasSize(elements);
        for (int block = 0; block * 256 < elements; block++) {
            int end = Math.min(elements, block * 256 + 256);
            float scale = bytes.getFloat(block * 260);
            BigDecimal largest = BigDecimal.ZERO;
            for (int i = block * 256; i < end; i++) {
                largest = largest.max(new BigDecimal(values[i]).abs());
            }
            BigDecimal exactScale = new BigDecimal(scale);
            assertThat(exactScale.multiply(BigDecimal.valueOf(127))).isGreaterThanOrEqualTo(largest);
            assertThat(new BigDecimal(Math.nextDown(scale)).multiply(BigDecimal.valueOf(127))).isLessThan(largest);
            for (int i = block * 256; i < end; i++) {
                int step = bytes.get(block * 260 + 4 + i % 256);
                BigDecimal exact = exactScale.multiply(BigDecimal.valueOf(step));
                BigDecimal off = new BigDecimal(values[i]).subtract(exact).abs();
                // The quotient is rounded to double before it is rounded to a step.
                assertThat(off).isLessThanOrEqualTo(exactScale.multiply(new BigDecimal("0.50000000000001")));
                assertThat(decoded[i]).isEqualTo(exact.floatValue());
            }
        }
    }

    @Test
    void shouldTakeABlockOfZerosForZeros() {
        ByteBuffer bytes = INT8.encode(new float[] {0, -0f, 0}, 0, 3);

        assertThat(LittleEndian.floats(INT8.decode(bytes))).containsExactly(0, 0, 0);
    }

    @ParameterizedTest
    @EnumSource(UpdateCodec.class)
    void shouldShowThatAValueWasNotFinite(UpdateCodec codec) {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            float[] decoded = LittleEndian.floats(ShardCodec.of(codec).decode(
                    ShardCodec.of(codec).encode(new float[] {1, bad, 2}, 0, 3)));

            assertThat(Arrays.asList(decoded[0], decoded[1], decoded[2])).anyMatch(value -> !Float.isFinite(value));
        }
    }

    @ParameterizedTest
    @EnumSource(UpdateCodec.class)
    void shouldEncodeEachShardByItselfInTheBytesThatItSays(UpdateCodec named) {
        ShardCodec codec = ShardCodec.of(named);
        float[] update = noise(1_500, 1);
        ShardPlan plan = new ShardPlan(update.length, 2_400);

        List<ByteBuffer> shards = codec.encode(plan, update);

        assertThat(shards).hasSize(3);
        long whole = 0;
        for (int shard = 0; shard < 3; shard++) {
            int elements = plan.end(shard) - plan.start(shard);
            float[] alone = Arrays.copyOfRange(update, plan.start(shard), plan.end(shard));
            assertThat(shards.get(shard)).isEqualTo(codec.encode(alone, 0, elements));
            assertThat(shards.get(shard).remaining()).isEqualTo(codec.bytes(elements));
            assertThat(codec.decode(shards.get(shard)).remaining()).isEqualTo(elements * Float.BYTES);
            whole += shards.get(shard).remaining();
        }
        assertThat(codec.bytes(plan)).isEqualTo(whole).isEqualTo(switch (named) {
            case FP32 -> 6_000;
            case BF16 -> 3_000;
            // 600 elements are three blocks.
            case INT8 -> 1_500 + (3 + 3 + 2) * 4;
        });
    }

    @ParameterizedTest
    @EnumSource(UpdateCodec.class)
    void shouldLeaveTheBufferAsItWas(UpdateCodec codec) {
        ByteBuffer framed = ByteBuffer.allocate(100);
        ByteBuffer encoded = ShardCodec.of(codec).encode(noise(7, 1), 0, 7);
        framed.position(11).put(encoded.duplicate()).flip().position(11);

        ByteBuffer decoded = ShardCodec.of(codec).decode(framed);

        assertThat(framed.position()).isEqualTo(11);
        assertThat(decoded).isEqualTo(ShardCodec.of(codec).decode(encoded));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 261, 264})
    void shouldRefuseBytesThatAreNoWholeBlocks(int bytes) {
        assertThatThrownBy(() -> INT8.decode(ByteBuffer.allocate(bytes))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(bytes + " bytes");
    }

    @Test
    void shouldRefuseAPartOfAValue() {
        assertThatThrownBy(() -> BF16.decode(ByteBuffer.allocate(3))).hasMessageContaining("3 bytes");
        assertThatThrownBy(() -> FP32.decode(ByteBuffer.allocate(6))).hasMessageContaining("6 bytes");
    }

    private static float[] noise(int elements, float magnitude) {
        Random random = new Random(elements);
        float[] values = new float[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = (float) (random.nextGaussian() * magnitude * 100);
        }
        return values;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
