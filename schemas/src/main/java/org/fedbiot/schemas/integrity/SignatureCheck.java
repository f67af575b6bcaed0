package org.fedbiot.schemas.integrity;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/**
 * Whether a signature is by a key over these bytes. Checked by Bouncy Castle: an aggregator checks one for each update,
 * and Java 17's own Ed25519 takes several times as long.
 */
public final class SignatureCheck {

    /** What stands before the 32 bytes of an Ed25519 key in its one DER encoding (RFC 8410, section 4). */
    private static final byte[] X509_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private SignatureCheck() {
    }

    /**
     * @param publicKey X.509 SubjectPublicKeyInfo of an Ed25519 key
     * @param canonical what {@link CanonicalBytes} gives
     * @return false also for a key or signature that is none at all: both come from outside
     */
    public static boolean verify(byte[] publicKey, byte[] canonical, byte[] signature) {
        return key(publicKey).filter(key -> verify(key, canonical, signature)).isPresent();
    }

    private static boolean verify(Ed25519PublicKeyParameters key, byte[] canonical, byte[] signature) {
        Ed25519Signer check = new Ed25519Signer();
        check.init(false, key);
        check.update(canonical, 0, canonical.length);
        return check.verifySignature(signature);
    }

    private static Optional<Ed25519PublicKeyParameters> key(byte[] publicKey) {
        if (publicKey.length != X509_PREFIX.length + Ed25519PublicKeyParameters.KEY_SIZE
                || !Arrays.equals(publicKey, 0, X509_PREFIX.length, X509_PREFIX, 0, X509_PREFIX.length)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Ed25519PublicKeyParameters(publicKey, X509_PREFIX.length));
        } catch (IllegalArgumentException e) {
            // No point of the curve.
            return Optional.empty();
        }
    }
}
