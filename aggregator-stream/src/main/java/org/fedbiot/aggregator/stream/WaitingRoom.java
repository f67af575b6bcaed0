package org.fedbiot.aggregator.stream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.fedbiot.aggregator.fact.Waiting;

/**
 * Records of rounds whose plan is not here yet, or whose plan does not call their client, which a later attempt may.
 * Nobody's signature can be checked so early, so the room is bounded for each round and client, and while nobody knows
 * the run, and so not its clients either, for all such records together. A full room gives up its oldest: a client
 * sends only after the plan was announced, so what is forged ahead of time goes before what is real.
 */
final class WaitingRoom {

    /** A round that records wait for. */
    record Awaited(String runId, int round) {
    }

    /** Records of one client and round that wait in one partition: 64 MiB of an adapter in shards of 512 KiB. */
    static final int CAPACITY = 128;

    /** Records of runs that are not known, whatever names they bear, that wait in one partition: 2.25 GiB at most. */
    static final int EARLY_CAPACITY = 4096;

    /** Not identifiers, so no run's key starts so. */
    private static final String AWAITED = "~awaited";
    private static final String EARLY = "~early";

    private final RunStore index;
    private final RunStore payloads;
    private final KnownRuns runs;

    WaitingRoom(RunStore index, RunStore payloads, KnownRuns runs) {
        this.index = index;
        this.payloads = payloads;
        this.runs = runs;
    }

    /**
     * A record that had to make room.
     *
     * @param why beginning with whom for
     */
    record Evicted(Arrival arrival, String why) {
    }

    /**
     * @param clientId one of the run's federation, where the run is known
     * @param controlEnd where the control events ended when the record came; its plan, if it has one, is before that
     * @return records that had to make room
     */
    List<Evicted> add(String runId, int round, String clientId, Arrival arrival, long controlEnd) {
        index.put(RunStore.key(AWAITED, runId, round), ByteBuffer.allocate(Long.BYTES).putLong(controlEnd).array());
        String counter = RunStore.key(runId, "waiting", round, clientId);
        ByteBuffer range = index.get(counter).map(ByteBuffer::wrap)
                .orElseGet(() -> ByteBuffer.allocate(2 * Long.BYTES));
        long first = range.getLong(0);
        long next = range.getLong(Long.BYTES);
        List<Evicted> evicted = new ArrayList<>();
        if (next - first >= CAPACITY) {
            take(payloadKey(runId, round, clientId, first)).ifPresent(oldest -> evicted.add(new Evicted(oldest,
                    "waited for round " + round + " of run " + runId + " with more than " + CAPACITY
                            + " others of client " + clientId)));
            first++;
        }
        String key = payloadKey(runId, round, clientId, next);
        payloads.put(key, FactSerde.write(Waiting.newBuilder()
                .setTopic(arrival.topic())
                .setPartition(arrival.partition())
                .setOffset(arrival.offset())
                .setKey(arrival.key())
                .setValue(ByteBuffer.wrap(arrival.value()))
                .build()));
        index.put(counter, ByteBuffer.allocate(2 * Long.BYTES).putLong(first).putLong(next + 1).array());
        if (!runs.isKnown(runId)) {
            makeRoomForEarly(key).ifPresent(oldest -> evicted.add(new Evicted(oldest, "waited for a run that nobody"
                    + " knows with more than " + EARLY_CAPACITY + " others of such runs")));
        }
        return evicted;
    }

    /**
     * A ring of keys, where each takes the place of the one that came so many before it: unless that is gone by now, or
     * its run known, whose clients have rooms of their own.
     */
    private Optional<Arrival> makeRoomForEarly(String key) {
        long number = index.get(EARLY).map(bytes -> ByteBuffer.wrap(bytes).getLong()).orElse(0L);
        index.put(EARLY, ByteBuffer.allocate(Long.BYTES).putLong(number + 1).array());
        String place = RunStore.key(EARLY, number % EARLY_CAPACITY);
        Optional<String> before = index.get(place).map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .filter(oldest -> !runs.isKnown(oldest.split("/")[0]));
        index.put(place, key.getBytes(StandardCharsets.UTF_8));
        Optional<Arrival> evicted = before.flatMap(this::take);
        evicted.ifPresent(arrival -> forgetIfEmpty(before.orElseThrow()));
        return evicted;
    }

    private Optional<Arrival> take(String key) {
        Optional<Arrival> arrival = payloads.get(key).map(WaitingRoom::read);
        payloads.delete(key);
        return arrival;
    }

    /** Names that nobody has would else be kept as long as their round is awaited. */
    private void forgetIfEmpty(String payloadKey) {
        String[] parts = payloadKey.split("/");
        String room = RunStore.key(parts[0], parts[1], parts[2], parts[3]);
        if (!payloads.any(room + "/")) {
            index.delete(room);
        }
        if (!payloads.any(RunStore.key(parts[0], parts[1], parts[2], ""))) {
            index.delete(RunStore.key(AWAITED, parts[0], parts[2]));
        }
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
        return take(key).orElseThrow();
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
