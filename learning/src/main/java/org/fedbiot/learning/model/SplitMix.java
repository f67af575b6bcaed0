package org.fedbiot.learning.model;

/** SplitMix64 (Steele, Lea, Flood 2014): a stream of numbers that is a function of its key, with no shared state. */
final class SplitMix {
    private static final long GAMMA = 0x9E3779B97F4A7C15L;
    private long state;

    private SplitMix(long state) {
        this.state = state;
    }

    /** The stream of a seed and numbers that name what it is for. */
    static SplitMix of(long seed, long... key) {
        long state = mix(seed + GAMMA);
        for (long part : key) {
            state = mix(state ^ mix(part + GAMMA));
        }
        return new SplitMix(state);
    }

    /** The stream of a seed and a name. */
    static SplitMix of(long seed, String name) {
        long[] key = name.chars().asLongStream().toArray();
        return of(seed, key);
    }

    long nextLong() {
        state += GAMMA;
        return mix(state);
    }

    /** Uniform in [0, 1), 53 bits. */
    double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    /** Standard normal, by Box and Muller's cosine half. */
    double nextGaussian() {
        double radius = Math.sqrt(-2 * Math.log(1 - nextDouble()));
        return radius * Math.cos(2 * Math.PI * nextDouble());
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
