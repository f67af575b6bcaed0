package org.fedbiot.schemas.integrity;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** SHA-256 as lower-case hex. */
public final class Sha256 {

    private static final HexFormat HEX = HexFormat.of();
    private static final int HEX_CHARACTERS = 64;

    private Sha256() {
    }

    /** Hash of all bytes. */
    public static String of(byte[] bytes) {
        return HEX.formatHex(digest().digest(bytes));
    }

    /** Hash of the bytes from position to limit, heap or direct; the buffer's position stays where it was. */
    public static String of(ByteBuffer bytes) {
        MessageDigest digest = digest();
        digest.update(bytes.duplicate());
        return HEX.formatHex(digest.digest());
    }

    /**
     * Hash of a whole by its parts: over the raw 32-byte part hashes in order.
     *
     * @throws IllegalArgumentException if a part is not 64 hex digits; says which
     */
    public static String ofHashes(List<String> hashes) {
        MessageDigest digest = digest();
        for (int part = 0; part < hashes.size(); part++) {
            digest.update(raw(hashes.get(part), part));
        }
        return HEX.formatHex(digest.digest());
    }

    private static byte[] raw(String hash, int part) {
        if (hash.length() == HEX_CHARACTERS) {
            try {
                return HEX.parseHex(hash);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("hash of part " + part + " is not hex: " + hash, e);
            }
        }
        throw new IllegalArgumentException(
                "hash of part " + part + " has " + hash.length() + " characters, not " + HEX_CHARACTERS);
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform must have SHA-256", e);
        }
    }
}
