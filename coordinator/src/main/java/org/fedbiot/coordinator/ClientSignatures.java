package org.fedbiot.coordinator;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.CalledClient;
import org.fedbiot.schemas.event.ClientEvaluated;
import org.fedbiot.schemas.event.ClientFailed;
import org.fedbiot.schemas.event.ClientJoined;
import org.fedbiot.schemas.event.ClientKeyRegistered;
import org.fedbiot.schemas.event.ClientLeaving;
import org.fedbiot.schemas.event.ClientProgressed;
import org.fedbiot.schemas.event.ClientReported;
import org.fedbiot.schemas.integrity.CanonicalBytes;
import org.fedbiot.schemas.integrity.SignatureCheck;

/**
 * Whether what comes in a client's name is by that client's key: without this, whoever may write to the presence topic
 * could cost another client its round. Asked before an event is decided upon. The log holds what passed, and folding it
 * asks nothing again, so that logs written under other rules stay readable.
 *
 * <p>A client's key is the one registered last; in a round also the one that the client was called with, since a key
 * that is changed meanwhile must not take back what the round already waits for.
 */
public final class ClientSignatures {

    /** What is known of an event's author. */
    public enum Finding {
        /** It is by the client it names, or by nobody who signs. */
        GENUINE,
        /** No such key of the client is known. It may be registered in a command that was not read yet. */
        UNKNOWN_KEY,
        /** It is not by the key that it names. */
        FORGED
    }

    private record Signed(String clientId, String keyId, byte[] canonical, ByteBuffer signature, Optional<String> runId) {
    }

    private static final Dispatch<CoordinatorState, Signed> SIGNED = new Dispatch<CoordinatorState, Signed>()
            .on(ClientJoined.class, (state, event) -> new Signed(event.getClientId(), event.getKeyId(),
                    CanonicalBytes.of(event), event.getSignature(), Optional.empty()))
            .on(ClientLeaving.class, (state, event) -> new Signed(event.getClientId(), event.getKeyId(),
                    CanonicalBytes.of(event), event.getSignature(), Optional.empty()))
            .on(ClientProgressed.class, (state, event) -> new Signed(event.getClientId(), event.getKeyId(),
                    CanonicalBytes.of(event), event.getSignature(), Optional.of(event.getRunId())))
            .on(ClientFailed.class, (state, event) -> new Signed(event.getClientId(), event.getKeyId(),
                    CanonicalBytes.of(event), event.getSignature(), Optional.of(event.getRunId())))
            .on(ClientReported.class, (state, event) -> new Signed(event.getClientId(), event.getKeyId(),
                    CanonicalBytes.of(event), event.getSignature(), Optional.of(event.getRunId())))
            .on(ClientEvaluated.class, (state, event) -> new Signed(event.getClientId(), event.getKeyId(),
                    CanonicalBytes.of(event), event.getSignature(), Optional.of(event.getRunId())));

    private ClientSignatures() {
    }

    /**
     * Nobody can check who a client without any key is: that it has joined is taken as said, since it may be started
     * before its key is registered, and no run calls it before that.
     */
    public static Finding of(CoordinatorState state, SpecificRecord event) {
        return SIGNED.apply(state, event).map(signed -> {
            if (event instanceof ClientJoined && !state.keys().contains(signed.clientId())) {
                return Finding.GENUINE;
            }
            List<byte[]> keys = keys(state, signed);
            if (keys.isEmpty()) {
                return Finding.UNKNOWN_KEY;
            }
            byte[] signature = bytes(signed.signature());
            return keys.stream().anyMatch(key -> SignatureCheck.verify(key, signed.canonical(), signature))
                    ? Finding.GENUINE : Finding.FORGED;
        }).orElse(Finding.GENUINE);
    }

    /** Public keys of the client that go by the id that the event names. */
    private static List<byte[]> keys(CoordinatorState state, Signed signed) {
        Stream<ByteBuffer> registered = state.keys().get(signed.clientId()).stream()
                .filter(key -> key.getKeyId().equals(signed.keyId()))
                .map(ClientKeyRegistered::getPublicKey);
        Stream<ByteBuffer> called = signed.runId()
                .flatMap(runId -> state.phase(runId, Phase.RoundOpen.class)).stream()
                .flatMap(round -> round.opened().getCalled().stream())
                .filter(client -> client.getClientId().equals(signed.clientId())
                        && client.getKeyId().equals(signed.keyId()))
                .map(CalledClient::getPublicKey);
        return Stream.concat(registered, called).distinct().map(ClientSignatures::bytes).toList();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
