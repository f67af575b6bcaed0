package org.fedbiot.worker.client;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.fedbiot.schemas.event.ClientEvaluated;
import org.fedbiot.schemas.event.ClientFailed;
import org.fedbiot.schemas.event.ClientJoined;
import org.fedbiot.schemas.event.ClientLeaving;
import org.fedbiot.schemas.event.ClientProgressed;
import org.fedbiot.schemas.event.ClientReported;
import org.fedbiot.schemas.event.UpdateManifest;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.integrity.CanonicalBytes;
import org.fedbiot.schemas.integrity.SigningKey;

/** Puts a client's key id and signature into what it sends (design 5). */
final class SignedEvents {

    private static final ByteBuffer UNSIGNED = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private final SigningKey key;

    SignedEvents(SigningKey key) {
        this.key = Objects.requireNonNull(key, "key");
    }

    String keyId() {
        return key.keyId();
    }

    /** Whether a round expects exactly this key. */
    boolean isKey(String keyId, ByteBuffer publicKey) {
        return key.keyId().equals(keyId) && ByteBuffer.wrap(key.publicKey()).equals(publicKey);
    }

    UpdateManifest sign(UpdateManifest.Builder event) {
        UpdateManifest unsigned = event.setKeyId(key.keyId()).setSignature(UNSIGNED).build();
        return event.setSignature(signature(CanonicalBytes.of(unsigned))).build();
    }

    UpdateShard sign(UpdateShard.Builder event) {
        UpdateShard unsigned = event.setKeyId(key.keyId()).setSignature(UNSIGNED).build();
        return event.setSignature(signature(CanonicalBytes.of(unsigned))).build();
    }

    ClientJoined sign(ClientJoined.Builder event) {
        ClientJoined unsigned = event.setKeyId(key.keyId()).setSignature(UNSIGNED).build();
        return event.setSignature(signature(CanonicalBytes.of(unsigned))).build();
    }

    ClientProgressed sign(ClientProgressed.Builder event) {
        ClientProgressed unsigned = event.setKeyId(key.keyId()).setSignature(UNSIGNED).build();
        return event.setSignature(signature(CanonicalBytes.of(unsigned))).build();
    }

    ClientReported sign(ClientReported.Builder event) {
        ClientReported unsigned = event.setKeyId(key.keyId()).setSignature(UNSIGNED).build();
        return event.setSignature(signature(CanonicalBytes.of(unsigned))).build();
    }

    ClientFailed sign(ClientFailed.Builder event) {
        ClientFailed unsigned = event.setKeyId(key.keyId()).setSignature(UNSIGNED).build();
        return event.setSignature(signature(CanonicalBytes.of(unsigned))).build();
    }

    ClientEvaluated sign(ClientEvaluated.Builder event) {
        ClientEvaluated unsigned = event.setKeyId(key.keyId()).setSignature(UNSIGNED).build();
        return event.setSignature(signature(CanonicalBytes.of(unsigned))).build();
    }

    ClientLeaving sign(ClientLeaving.Builder event) {
        ClientLeaving unsigned = event.setKeyId(key.keyId()).setSignature(UNSIGNED).build();
        return event.setSignature(signature(CanonicalBytes.of(unsigned))).build();
    }

    private ByteBuffer signature(byte[] canonical) {
        return ByteBuffer.wrap(key.sign(canonical));
    }
}
