package org.fedbiot.learning.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeedsTest {
    @Test
    void shouldGiveThePublishedStreamOfSplitMix64() {
        SplitMix64 random = new SplitMix64(1234567);
        assertThat(LongArrays.of(random, 3)).containsExactly(6457827717110365317L, 3203168211198807973L, -8629252141511181193L);
    }

    @Test
    void shouldDependOnSeedAndEveryPartOfThePathAndOnWhereOnePartEnds() {
        long one = Seeds.derive(1, "dropout", "alice", 3);
        assertThat(one).isEqualTo(Seeds.derive(1, "dropout", "alice", 3L));
        assertThat(one).isNotEqualTo(Seeds.derive(2, "dropout", "alice", 3));
        assertThat(one).isNotEqualTo(Seeds.derive(1, "dropout", "alice", 4));
        assertThat(Seeds.derive(1, "ab", "c")).isNotEqualTo(Seeds.derive(1, "a", "bc"));
    }

    @Test
    void shouldDrawFromTheRightDistributions() {
        SplitMix64 random = new SplitMix64(3);
        int n = 20000;
        assertThat(IntStream.range(0, n).mapToDouble(i -> random.nextDouble()).average().orElse(0)).isBetween(0.49, 0.51);
        assertThat(IntStream.range(0, n).mapToDouble(i -> Math.pow(random.nextGaussian(), 2)).average().orElse(0)).isBetween(0.96, 1.04);
        assertThat(IntStream.range(0, n).mapToDouble(i -> random.nextGamma(0.5)).average().orElse(0)).isBetween(0.48, 0.52);
        assertThat(IntStream.range(0, n).mapToDouble(i -> random.nextGamma(3)).average().orElse(0)).isBetween(2.94, 3.06);
        assertThat(random.permutation(50)).containsExactlyInAnyOrder(IntStream.range(0, 50).toArray());
    }

    private static final class LongArrays {
        static long[] of(SplitMix64 random, int count) {
            return IntStream.range(0, count).mapToLong(i -> random.nextLong()).toArray();
        }
    }
}
