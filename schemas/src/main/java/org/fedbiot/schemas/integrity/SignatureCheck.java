package org.fedbiot.schemas.integrity;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;

/** Whether a signature is by a key over these bytes. */
public final class SignatureCheck {

    private SignatureCheck() {
    }

    /**
     * @param publicKey X.509 SubjectPublicKeyInfo of an Ed25519 key
     * @param canonical what {@link CanonicalBytes} gives
     * @return false also for a key or signature that is none at all: both come from outside
     */
    public static boolean verify(byte[] publicKey, byte[] canonical, byte[] signature) {
        try {
            PublicKey key = KeyFactory.getInstance(SigningKey.ALGORITHM)
                    .generatePublic(new X509EncodedKeySpec(publicKey));
            Signature check = Signature.getInstance(SigningKey.ALGORITHM);
            check.initVerify(key);
            check.update(canonical);
            return check.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
