package org.fedbiot.aggregator.stream;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.fedbiot.schemas.event.ServerMoment;
import org.fedbiot.schemas.integrity.LittleEndian;

/**
 * What a run's server optimiser keeps of each shard from one fold to the next. It stands in the changelogged store, in
 * the transaction of the fold that made it, and goes with the run; what every fold left is also written to a topic that
 * no client may read, for forks to go on from.
 */
final class ServerState {

    private final RunStore payloads;

    ServerState(RunStore payloads) {
        this.payloads = payloads;
    }

    /**
     * So many moments, as the last fold left them.
     *
     * @return none before the first fold
     */
    List<byte[]> kept(String runId, int shard, int moments) {
        List<byte[]> kept = IntStream.range(0, moments)
                .mapToObj(moment -> payloads.get(key(runId, shard, moment))).flatMap(Optional::stream).toList();
        return kept.size() < moments ? List.of() : kept;
    }

    /** @param elements of the shard: each moment has as many, and lies in a record no larger than a shard's */
    void put(String runId, int shard, int elements, float[] state) {
        for (int moment = 0; moment * elements < state.length; moment++) {
            payloads.put(key(runId, shard, moment),
                    LittleEndian.bytes(state, moment * elements, (moment + 1) * elements).array());
        }
    }

    /** What a fork brought for its first fold: the first of each length, since which one fits only the close says. */
    void bring(ServerMoment moment) {
        String key = key(moment.getRunId(), moment.getShard(), moment.getMoment());
        int bytes = moment.getData().remaining();
        Optional<byte[]> known = payloads.get(key);
        if (known.isEmpty() || known.get().length != bytes && !payloads.has(ofLength(key, bytes))) {
            byte[] data = new byte[bytes];
            moment.getData().duplicate().get(data);
            payloads.put(known.isEmpty() ? key : ofLength(key, bytes), data);
        }
    }

    /** The first moment of that length that was brought, before the first fold. */
    Optional<byte[]> brought(String runId, int shard, int moment, int bytes) {
        String key = key(runId, shard, moment);
        return payloads.get(key).filter(known -> known.length == bytes).or(() -> payloads.get(ofLength(key, bytes)));
    }

    /** Keeps why a record of a moment cannot be used, in case that no other comes. */
    void putFlaw(ServerMoment moment, String reason) {
        payloads.put(flawKey(moment.getRunId(), moment.getShard(), moment.getMoment()),
                reason.getBytes(StandardCharsets.UTF_8));
    }

    /** What is wrong with what was brought of a moment, where none fits; empty if none came at all. */
    Optional<String> flaw(String runId, int shard, int moment, int bytes) {
        return payloads.get(flawKey(runId, shard, moment)).map(reason -> new String(reason, StandardCharsets.UTF_8))
                .or(() -> payloads.get(key(runId, shard, moment)).map(known ->
                        "WRONG_SHAPE: it has " + known.length + " bytes, the close cuts it to " + bytes));
    }

    private static String key(String runId, int shard, int moment) {
        return RunStore.key(runId, "server", shard, moment);
    }

    private static String ofLength(String key, int bytes) {
        return RunStore.key(key, bytes);
    }

    private static String flawKey(String runId, int shard, int moment) {
        return RunStore.key(runId, "flaw", shard, moment);
    }
}
