package org.fedbiot.aggregator;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.fedbiot.schemas.event.CalledClient;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.integrity.SignatureCheck;

/** Whether a record is by a client that the round called. */
final class Authorship {

    private Authorship() {
    }

    static Optional<Objection> objection(
            RoundOpened plan, String clientId, String keyId, byte[] canonical, ByteBuffer signature) {
        return claimObjection(plan, clientId, keyId).or(() -> {
            CalledClient client = called(plan, clientId).orElseThrow();
            return SignatureCheck.verify(bytes(client.getPublicKey()), canonical, bytes(signature))
                    ? Optional.empty()
                    : Optional.of(Objection.forged(RejectReason.BAD_SIGNATURE,
                            "signature is not by key " + keyId + " of client " + clientId));
        });
    }

    /** Against what a record says of its author, whose signature is not looked at. */
    static Optional<Objection> claimObjection(RoundOpened plan, String clientId, String keyId) {
        Optional<CalledClient> called = called(plan, clientId);
        if (called.isEmpty()) {
            return Optional.of(Objection.forged(RejectReason.NOT_CALLED,
                    "client " + clientId + " is not called to this round"));
        }
        return called.get().getKeyId().equals(keyId)
                ? Optional.empty()
                : Optional.of(Objection.forged(RejectReason.BAD_SIGNATURE,
                        "key id is not the one that client " + clientId + " was called with"));
    }

    private static Optional<CalledClient> called(RoundOpened plan, String clientId) {
        return plan.getCalled().stream().filter(client -> client.getClientId().equals(clientId)).findFirst();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
