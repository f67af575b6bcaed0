package org.fedbiot.aggregator;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.fedbiot.schemas.event.CalledClient;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.integrity.SignatureCheck;

/** Whether a record is by a client that the round called. Comes first: nothing unsigned may use up a client's bounds. */
final class Authorship {

    private Authorship() {
    }

    static Optional<Objection> objection(
            RoundOpened plan, String clientId, String keyId, byte[] canonical, ByteBuffer signature) {
        Optional<CalledClient> called = plan.getCalled().stream()
                .filter(client -> client.getClientId().equals(clientId))
                .findFirst();
        if (called.isEmpty()) {
            return Optional.of(Objection.forged(RejectReason.NOT_CALLED,
                    "client " + clientId + " is not called to this round"));
        }
        CalledClient client = called.get();
        if (!client.getKeyId().equals(keyId)) {
            return Optional.of(Objection.forged(RejectReason.BAD_SIGNATURE,
                    "key id is not the one that client " + clientId + " was called with"));
        }
        if (!SignatureCheck.verify(bytes(client.getPublicKey()), canonical, bytes(signature))) {
            return Optional.of(Objection.forged(RejectReason.BAD_SIGNATURE,
                    "signature is not by key " + keyId + " of client " + clientId));
        }
        return Optional.empty();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
