package org.fedbiot.worker.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.fedbiot.schemas.event.UpdateCodec;
import org.fedbiot.schemas.integrity.LittleEndian;
import org.fedbiot.schemas.integrity.ShardPlan;
import org.fedbiot.schemas.payload.ShardCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EncodedUpdateTest {

    private static final int ELEMENTS = 700;
    private static final int ROUNDS = 40;
    private static final ShardPlan PLAN = new ShardPlan(ELEMENTS, 1_200);

    @ParameterizedTest
    @EnumSource(value = UpdateCodec.class, names = {"BF16", "INT8"})
    void shouldLoseExactlyWhatIsNotHandedIn(UpdateCodec named) {
        ShardCodec codec = ShardCodec.of(named);
        float[] difference = difference(1);

        EncodedUpdate update = EncodedUpdate.of(codec, PLAN, difference, new float[ELEMENTS]);

        float[] decoded = decoded(codec, update.shards());
        for (int i = 0; i < ELEMENTS; i++) {
            assertThat((double) decoded[i] + update.lost()[i]).isEqualTo(difference[i]);
        }
        assertThat(update.lost()).isNotEqualTo(new float[ELEMENTS]);
    }

    /**
     * The sum of all that was handed in is the sum of all differences but for what the last update lost: half a step of
     * that update, by the largest value of its block. Without feedback what is lost every round adds up.
     */
    @ParameterizedTest
    @EnumSource(value = UpdateCodec.class, names = {"BF16", "INT8"})
    void shouldHandInEverythingInTheEnd(UpdateCodec named) {
        ShardCodec codec = ShardCodec.of(named);
        double[] owed = new double[ELEMENTS];
        double[] withFeedback = new double[ELEMENTS];
        double[] without = new double[ELEMENTS];
        float[] lost = new float[ELEMENTS];
        float largest = 0;
        for (int round = 1; round <= ROUNDS; round++) {
            float[] difference = difference(round);
            EncodedUpdate update = EncodedUpdate.of(codec, PLAN, difference, lost);
            lost = update.lost();
            add(owed, difference);
            add(withFeedback, decoded(codec, update.shards()));
            add(without, decoded(codec, codec.encode(PLAN, difference)));
            for (float value : difference) {
                largest = Math.max(largest, Math.abs(value));
            }
        }

        // Half a step of the largest value, which is at most twice the difference, since half a step was added to it
        double halfStep = named == UpdateCodec.BF16 ? 2 * largest / 256 : 2 * largest / 254;
        double drift = 0;
        for (int i = 0; i < ELEMENTS; i++) {
            assertThat(Math.abs(owed[i] - withFeedback[i])).isLessThanOrEqualTo(halfStep);
            drift = Math.max(drift, Math.abs(owed[i] - without[i]));
        }
        assertThat(drift).isGreaterThan(3 * halfStep);
    }

    @Test
    void shouldKeepWhatWasLostWhereTheUpdateIsNotFinite() {
        ShardCodec codec = ShardCodec.of(UpdateCodec.INT8);
        float[] before = difference(3);
        float[] difference = difference(4);
        difference[13] = Float.NaN;

        EncodedUpdate update = EncodedUpdate.of(codec, PLAN, difference, before);

        assertThat(update.lost()).isEqualTo(before);
        assertThat(decoded(codec, update.shards())).contains(Float.NaN);
    }

    /** Of one direction, as a client's text gives them, and so that rounding goes the same way every time. */
    private static float[] difference(int round) {
        Random direction = new Random(7);
        Random noise = new Random(round);
        float[] values = new float[ELEMENTS];
        for (int i = 0; i < ELEMENTS; i++) {
            values[i] = (float) (direction.nextGaussian() * 1e-3 + noise.nextGaussian() * 1e-8);
        }
        return values;
    }

    private static float[] decoded(ShardCodec codec, List<ByteBuffer> shards) {
        float[] values = new float[0];
        for (ByteBuffer shard : shards) {
            float[] part = LittleEndian.floats(codec.decode(shard));
            values = Arrays.copyOf(values, values.length + part.length);
            System.arraycopy(part, 0, values, values.length - part.length, part.length);
        }
        return values;
    }

    private static void add(double[] sum, float[] values) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += values[i];
        }
    }
}
