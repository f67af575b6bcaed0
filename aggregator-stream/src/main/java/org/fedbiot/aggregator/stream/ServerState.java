package org.fedbiot.aggregator.stream;

import java.util.List;
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
     * So many moments, each as a fold left it or as a fork brought it, of whatever length.
     *
     * @return none if not all of them are here, as before the first fold
     */
    List<byte[]> of(String runId, int shard, int moments) {
        return !holds(runId, shard, moments) ? List.of() : IntStream.range(0, moments)
                .mapToObj(moment -> payloads.get(key(runId, shard, moment)).orElseThrow()).toList();
    }

    /** @param elements of the shard: each moment has as many, and lies in a record no larger than a shard's */
    void put(String runId, int shard, int elements, float[] state) {
        for (int moment = 0; moment * elements < state.length; moment++) {
            payloads.put(key(runId, shard, moment),
                    LittleEndian.bytes(state, moment * elements, (moment + 1) * elements).array());
        }
    }

    /** What a fork brought for its first fold: taken once, and never over what a fold has left since. */
    void inherit(ServerMoment moment) {
        String key = key(moment.getRunId(), moment.getShard(), moment.getMoment());
        if (!payloads.has(key)) {
            byte[] bytes = new byte[moment.getData().remaining()];
            moment.getData().duplicate().get(bytes);
            payloads.put(key, bytes);
        }
    }

    /** Whether as many moments of the shard are here. */
    boolean holds(String runId, int shard, int moments) {
        return IntStream.range(0, moments).allMatch(moment -> payloads.has(key(runId, shard, moment)));
    }

    private static String key(String runId, int shard, int moment) {
        return RunStore.key(runId, "server", shard, moment);
    }
}
