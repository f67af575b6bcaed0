package org.fedbiot.aggregator.stream;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.fedbiot.aggregator.fact.Waiting;

/**
 * Records of rounds whose plan is not here yet, or whose plan does not call their client, which a later attempt may.
 * Nobody's signature can be checked so early, so the room is bounded for
 * each round and client, and a full room gives up its oldest: a client sends only after the plan was announced, so
 * what is forged ahead of time goes before what is real.
 */
final class WaitingRoom {

    /** A round that records wait for. */
    record Awaited(String runId, int round) {
    }

    /** Records of one client and round that wait in one partition: 64 MiB of an adapter in shards of 512 KiB. */
    static final int CAPACITY = 128;

    /** Not an identifier, so no run's key starts so. */
    private static final String AWAITED = "~awaited";

    private final RunStore index;
    private final RunStore payloads;

    WaitingRoom(RunStore index, RunStore payloads) {
        this.index = index;
        this.payloads = payloads;
    }

    /**
     * @param controlEnd where the control events ended when the record came; its plan, if it has one, is before that
     * @return the record that had to make room, if one had to
     */
    Optional<Arrival> add(String runId, int round, String clientId, Arrival arrival, long controlEnd) {
        index.put(RunStore.key(AWAITED, runId, round), ByteBuffer.allocate(Long.BYTES).putLong(controlEnd).array());
        String counter = RunStore.key(runId, "waiting", round, clientId);
        ByteBuffer range = index.get(counter).map(ByteBuffer::wrap)
                .orElseGet(() -> ByteBuffer.allocate(2 * Long.BYTES));
        long first = range.getLong(0);
        long next = range.getLong(Long.BYTES);
        Optional<Arrival> evicted = Optional.empty();
        if (next - first >= CAPACITY) {
            String oldest = payloadKey(runId, round, clientId, first);
            evicted = payloads.get(oldest).map(WaitingRoom::read);
            payloads.delete(oldest);
            first++;
        }
        payloads.put(payloadKey(runId, round, clientId, next), FactSerde.write(Waiting.newBuilder()
                .setTopic(arrival.topic())
                .setPartition(arrival.partition())
                .setOffset(arrival.offset())
                .setKey(arrival.key())
                .setValue(ByteBuffer.wrap(arrival.value()))
                .build()));
        index.put(counter, ByteBuffer.allocate(2 * Long.BYTES).putLong(first).putLong(next + 1).array());
        return evicted;
    }

    /** Keys of all that wait for a round, each client's in order of arrival. */
    List<String> of(String runId, int round) {
        return payloads.keys(RunStore.key(runId, "waiting", round, ""));
    }

    /** Rounds that records of a run wait for. */
    List<Awaited> roundsOf(String runId) {
        return index.keys(RunStore.key(AWAITED, runId, "")).stream().map(WaitingRoom::awaited).toList();
    }

    /** Rounds that are as open as they will be: all control events that were there when the last record came are read. */
    List<Awaited> overdue(long nextControlOffset) {
        return index.keys(RunStore.key(AWAITED, "")).stream()
                .filter(key -> ByteBuffer.wrap(index.get(key).orElseThrow()).getLong() <= nextControlOffset)
                .map(WaitingRoom::awaited)
                .toList();
    }

    /** Lets one go. */
    Arrival release(String key) {
        Arrival arrival = payloads.get(key).map(WaitingRoom::read).orElseThrow();
        payloads.delete(key);
        return arrival;
    }

    /** Forgets how many wait for a round, when all of them are about to be released. */
    void close(String runId, int round) {
        index.keys(RunStore.key(runId, "waiting", round, "")).forEach(index::delete);
        index.delete(RunStore.key(AWAITED, runId, round));
    }

    private static Awaited awaited(String key) {
        String[] parts = key.split("/");
        return new Awaited(parts[1], Integer.parseInt(parts[2]));
    }

    private static Arrival read(byte[] bytes) {
        Waiting waiting = (Waiting) FactSerde.read(bytes);
        byte[] value = new byte[waiting.getValue().remaining()];
        waiting.getValue().get(value);
        return new Arrival(waiting.getTopic(), waiting.getPartition(), waiting.getOffset(), waiting.getKey(), value);
    }

    private static String payloadKey(String runId, int round, String clientId, long number) {
        return RunStore.key(runId, "waiting", round, clientId, String.format("%019d", number));
    }
}
