package org.fedbiot.aggregator.stream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.fedbiot.aggregator.ClosedRound;
import org.fedbiot.aggregator.ShardFold;
import org.fedbiot.schemas.event.AdapterShard;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.ServerMoment;
import org.fedbiot.schemas.integrity.LittleEndian;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.wire.EventKeys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folds one partition's shards of closed rounds, each as soon as its base shard and every listed update shard is here,
 * whichever of them comes last, and never with fewer than are listed.
 */
final class Folding implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(Folding.class);

    private final RunStore index;
    private final RunStore payloads;
    private final ServerState serverState;
    private final UpdateShelf shelf;
    private final PartitionLog log;
    private final EventDecoder decoder;
    private final Outbox outbox;
    private final int partition;
    private final int partitions;
    private final FoldQueue queue;
    private final Path spoolDirectory;

    Folding(RunStore index, RunStore payloads, UpdateShelf shelf, PartitionLog log, EventDecoder decoder, Outbox outbox,
            int partition, int partitions, ProcessorContext<?, ?> context, FoldThreads threads) {
        this.index = index;
        this.payloads = payloads;
        this.serverState = new ServerState(payloads);
        this.shelf = shelf;
        this.log = log;
        this.decoder = decoder;
        this.outbox = outbox;
        this.partition = partition;
        this.partitions = partitions;
        this.spoolDirectory = threads.spoolDirectory();
        this.queue = new FoldQueue(index, context, threads, this::begin, this::end);
    }

    /** Takes up the folds that were left when the partition changed hands. */
    void restore(Closes closes) {
        queue.restore(closes::get);
    }

    /** Publishes what is folded; at the end of every record. */
    void advance() {
        queue.advance();
    }

    void endRun(String runId) {
        queue.endRun(runId);
    }

    @Override
    public void close() {
        queue.close();
    }

    void onClosed(ClosedRound closed) {
        RoundClosed event = closed.event();
        index.put(foldedOnto(event.getRunId(), event.getAdapterVersion()),
                Integer.toString(event.getRound()).getBytes(StandardCharsets.UTF_8));
        closed.shardsOf(partition, partitions).forEach(shard -> foldIfComplete(closed, shard));
    }

    /** Keeps the bytes for the round that starts from them. */
    void putBase(AdapterShard base) {
        byte[] bytes = new byte[base.getData().remaining()];
        base.getData().duplicate().get(bytes);
        payloads.put(baseKey(base.getRunId(), base.getVersion(), base.getShard()), bytes);
    }

    /** Keeps a fork's moment for its first round. */
    void putMoment(ServerMoment moment) {
        serverState.bring(moment);
    }

    /** Keeps why a record of a fork's moment cannot be used. */
    void putFlaw(ServerMoment moment, String reason) {
        serverState.putFlaw(moment, reason);
    }

    /** The closed round that folds onto a version, if it is closed already. */
    Optional<Integer> roundOnto(String runId, int version) {
        return index.get(foldedOnto(runId, version))
                .map(round -> Integer.parseInt(new String(round, StandardCharsets.UTF_8)));
    }

    boolean isFolded(RoundClosed event, int shard) {
        return index.has(RunStore.key(event.getRunId(), "folded", event.getRound(), shard));
    }

    void foldIfComplete(ClosedRound closed, int shard) {
        if (shard >= closed.cut().shards()) {
            return;
        }
        RoundClosed event = closed.event();
        Optional<byte[]> base = payloads.get(baseKey(event.getRunId(), event.getAdapterVersion(), shard));
        if (isFolded(event, shard) || queue.holds(closed, shard) || base.isEmpty() || !momentsHere(closed, shard)
                || !allHere(closed, shard)) {
            return;
        }
        requireBytes(event, "shard " + shard + " of adapter version " + event.getAdapterVersion(), base.get().length,
                bytes(closed, shard));
        queue.add(new FoldQueue.Due(closed, shard, outbox.timestampMillis()));
    }

    private Callable<ShardFold.Folded> begin(FoldQueue.Due due) {
        ClosedRound closed = due.closed();
        int shard = due.shard();
        float[] base = LittleEndian.floats(ByteBuffer.wrap(payloads.get(baseKey(due.runId(),
                closed.event().getAdapterVersion(), shard)).orElseThrow()));
        Optional<float[]> state = stateBefore(closed, shard);
        CountedShards counted = new CountedShards(closed, shard, partition, shelf, log, decoder);
        return () -> {
            if (!ShardFold.asksAgain(closed, shard)) {
                return ShardFold.fold(closed, shard, base, state, counted);
            }
            try (SpooledShards spooled = new SpooledShards(counted, spoolDirectory)) {
                return ShardFold.fold(closed, shard, base, state, spooled);
            }
        };
    }

    private void end(FoldQueue.Due due, ShardFold.Folded folded) {
        ClosedRound closed = due.closed();
        int elements = folded.values().length;
        outbox.begin(due.timestampMillis());
        folded.serverState().ifPresent(next -> {
            serverState.put(due.runId(), due.shard(), elements, next);
            emitMoments(closed, due.shard(), elements, next);
        });
        emit(closed, due.shard(), folded.values());
        index.mark(RunStore.key(due.runId(), "folded", closed.event().getRound(), due.shard()));
        finishIfLast(closed);
    }

    private boolean allHere(ClosedRound closed, int shard) {
        RoundClosed event = closed.event();
        return closed.counted().stream().allMatch(update -> shelf.holds(event.getRunId(), event.getRound(), shard,
                update.getClientId(), update.getShardSha256().get(shard)));
    }

    /** Else nothing could ever be folded, and the aggregator would stop for all runs. */
    private static void requireBytes(RoundClosed event, String what, int found, int wanted) {
        if (found != wanted) {
            throw new UnfitVersionException(event.getRunId(), event.getNewAdapterVersion(), event.getRound(),
                    new UnusableRecordException("run " + event.getRunId() + " round " + event.getRound() + ": " + what
                            + " has " + found + " bytes, the close cuts it to " + wanted));
        }
    }

    /** Whether all that the close asks for was brought. */
    private boolean momentsHere(ClosedRound closed, int shard) {
        RoundClosed event = closed.event();
        for (int moment = 0; moment < ClosedRound.inheritedMoments(event); moment++) {
            if (serverState.brought(event.getRunId(), shard, moment, bytes(closed, shard)).isEmpty()) {
                refuseForFlaw(event, shard, moment, bytes(closed, shard));
                return false;
            }
        }
        return true;
    }

    /**
     * A fork's moments were written before its first round was opened. One of which there are only records that cannot
     * be used will never be there, and the round would wait for it without end. Said once.
     */
    private void refuseForFlaw(RoundClosed event, int shard, int moment, int bytes) {
        String refused = RunStore.key(event.getRunId(), "refused", event.getNewAdapterVersion());
        Optional<String> flaw = serverState.flaw(event.getRunId(), shard, moment, bytes);
        if (flaw.isPresent() && !index.has(refused)) {
            index.mark(refused);
            throw new UnfitVersionException(event.getRunId(), event.getNewAdapterVersion(), event.getRound(),
                    new UnusableRecordException("run " + event.getRunId() + " round " + event.getRound()
                            + ": adapter version " + event.getNewAdapterVersion() + " needs moment " + moment
                            + " of shard " + shard + " of the server optimiser, and what the fork began with is no such"
                            + " moment: " + flaw.get() + "; fork the origin again"));
        }
    }

    /** What the server optimiser goes on from; before the first fold nothing but what the close asks for. */
    private Optional<float[]> stateBefore(ClosedRound closed, int shard) {
        RoundClosed event = closed.event();
        List<byte[]> moments = event.getAdapterVersion() > 0
                ? serverState.kept(event.getRunId(), shard, closed.moments())
                : IntStream.range(0, ClosedRound.inheritedMoments(event)).mapToObj(moment -> serverState
                        .brought(event.getRunId(), shard, moment, bytes(closed, shard)).orElseThrow()).toList();
        ByteBuffer state = ByteBuffer.allocate(moments.size() * bytes(closed, shard));
        moments.forEach(state::put);
        return Optional.of(LittleEndian.floats(state.flip())).filter(known -> known.length > 0);
    }

    private static int bytes(ClosedRound closed, int shard) {
        return (closed.cut().end(shard) - closed.cut().start(shard)) * Float.BYTES;
    }

    private void emit(ClosedRound closed, int shard, float[] values) {
        RoundClosed event = closed.event();
        ByteBuffer data = LittleEndian.bytes(values, 0, values.length);
        outbox.event(EventKeys.adapterShard(event.getRunId(), event.getNewAdapterVersion(), shard),
                AdapterShard.newBuilder()
                        .setRunId(event.getRunId())
                        .setVersion(event.getNewAdapterVersion())
                        .setRound(event.getRound())
                        .setShard(shard)
                        .setShards(closed.cut().shards())
                        .setStart(closed.cut().start(shard))
                        .setElements(closed.cut().elements())
                        .setSha256(Sha256.of(data))
                        .setData(data)
                        .build());
    }

    private void emitMoments(ClosedRound closed, int shard, int elements, float[] state) {
        RoundClosed event = closed.event();
        for (int moment = 0; moment < closed.moments(); moment++) {
            ByteBuffer data = LittleEndian.bytes(state, moment * elements, (moment + 1) * elements);
            outbox.event(EventKeys.moment(event.getRunId(), event.getNewAdapterVersion(), shard, moment),
                    ServerMoment.newBuilder()
                            .setRunId(event.getRunId())
                            .setVersion(event.getNewAdapterVersion())
                            .setShard(shard)
                            .setShards(closed.cut().shards())
                            .setMoment(moment)
                            .setMoments(closed.moments())
                            .setSha256(Sha256.of(data))
                            .setData(data)
                            .build());
        }
    }

    private void finishIfLast(ClosedRound closed) {
        RoundClosed event = closed.event();
        List<Integer> shards = closed.shardsOf(partition, partitions);
        if (!shards.stream().allMatch(shard -> isFolded(event, shard))) {
            return;
        }
        outbox.commit();
        shelf.dropRound(event.getRunId(), event.getRound());
        // The version just folded onto stays until the next fold: a round may have to be opened on it again.
        shards.forEach(shard -> payloads.delete(baseKey(event.getRunId(), event.getAdapterVersion() - 1, shard)));
        LOGGER.atDebug().addKeyValue("run", event.getRunId()).addKeyValue("round", event.getRound())
                .addKeyValue("adapterVersion", event.getNewAdapterVersion()).addKeyValue("partition", partition)
                .addKeyValue("shards", shards.size()).addKeyValue("ofShards", closed.cut().shards())
                .addKeyValue("updates", closed.counted().size()).addKeyValue("weight", closed.weightSum())
                .log("folded");
    }

    private static String baseKey(String runId, int version, int shard) {
        return RunStore.key(runId, "base", version, shard);
    }

    private static String foldedOnto(String runId, int version) {
        return RunStore.key(runId, "onto", version);
    }
}
