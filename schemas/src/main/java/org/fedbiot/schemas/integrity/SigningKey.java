package org.fedbiot.schemas.integrity;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Objects;

/** A client's Ed25519 key. The private half never leaves this object. */
public final class SigningKey {

    static final String ALGORITHM = "Ed25519";

    private final String keyId;
    private final PrivateKey privateKey;
    private final PublicKey publicKey;

    private SigningKey(String keyId, PrivateKey privateKey, PublicKey publicKey) {
        this.keyId = Objects.requireNonNull(keyId, "keyId");
        this.privateKey = Objects.requireNonNull(privateKey, "privateKey");
        this.publicKey = Objects.requireNonNull(publicKey, "publicKey");
    }

    /** A fresh key from the platform's secure random source. */
    public static SigningKey generate(String keyId) {
        try {
            KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
            return new SigningKey(keyId, pair.getPrivate(), pair.getPublic());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java platform makes no Ed25519 keys", e);
        }
    }

    public static SigningKey of(String keyId, PrivateKey privateKey, PublicKey publicKey) {
        return new SigningKey(keyId, privateKey, publicKey);
    }

    public String keyId() {
        return keyId;
    }

    /** X.509 SubjectPublicKeyInfo, as events carry it. */
    public byte[] publicKey() {
        return publicKey.getEncoded();
    }

    /** 64 bytes over what {@link CanonicalBytes} gives. */
    public byte[] sign(byte[] canonical) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(privateKey);
            signature.update(canonical);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("key " + keyId + " cannot sign: " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return "SigningKey[" + keyId + "]";
    }
}
