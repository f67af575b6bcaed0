package org.fedbiot.learning.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Derives one independent stream of random numbers for every purpose from a run's seed, so that nothing depends on
 * which process drew first (design section 3, "Determinism").
 */
public final class Seeds {
    private Seeds() {
    }

    /**
     * @param seed the run's seed
     * @param path what the numbers are for, for example {@code "dropout", clientId, round, step}; each part counts by
     *             its text
     */
    public static SplitMix64 generator(long seed, Object... path) {
        return new SplitMix64(derive(seed, path));
    }

    /** The first eight bytes of SHA-256 over the seed and the length-prefixed texts of the path. */
    public static long derive(long seed, Object... path) {
        MessageDigest digest = sha256();
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, seed));
        for (Object part : path) {
            byte[] text = part.toString().getBytes(StandardCharsets.UTF_8);
            digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, text.length));
            digest.update(text);
        }
        return ByteBuffer.wrap(digest.digest()).getLong();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
