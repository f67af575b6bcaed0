package org.fedbiot.aggregator.stream;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.fedbiot.aggregator.ClosedRound;
import org.fedbiot.aggregator.ShardFold;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.payload.ShardCodec;
import org.fedbiot.schemas.topic.Topics;

/**
 * The payloads that a close counts of one shard, read back from the submit topic and decoded. One is in memory and the
 * next on its way, however many clients there are.
 */
final class CountedShards implements ShardFold.Differences {

    private final ClosedRound closed;
    private final ShardCodec codec;
    private final int shard;
    private final int partition;
    private final PartitionLog log;
    private final EventDecoder decoder;
    private final List<CountedUpdate> counted;
    /** Of the counted updates' shards, in their order. */
    private final long[] offsets;
    private int next;

    /** Asks the shelf here and never again: folds run beside the thread that has the store. */
    CountedShards(ClosedRound closed, int shard, int partition, UpdateShelf shelf, PartitionLog log,
            EventDecoder decoder) {
        this.closed = closed;
        this.codec = ShardCodec.of(closed.event().getAggregation().getUpdateCodec());
        this.shard = shard;
        this.partition = partition;
        this.log = log;
        this.decoder = decoder;
        this.counted = closed.counted();
        this.offsets = counted.stream().mapToLong(update -> shelf.offset(closed.event().getRunId(),
                closed.event().getRound(), shard, update.getClientId(), update.getShardSha256().get(shard))
                .orElseThrow()).toArray();
    }

    /**
     * In client-id order, each once.
     *
     * @throws IllegalStateException if the topic no longer holds it as it was screened; names where it was
     */
    @Override
    public ByteBuffer of(CountedUpdate update) {
        // Comparing updates would compare all their hashes, which is slow where there are many.
        if (next == counted.size() || counted.get(next) != update) {
            throw new IllegalArgumentException("client " + update.getClientId() + " is not the next in order");
        }
        int at = next++;
        Arrival arrival = log.shard(offsets[at]).orElseThrow(() -> lost(update, at, "is not there any more"));
        if (next < counted.size()) {
            log.expect(offsets[next]);
        }
        return checked(update, at, arrival);
    }

    private ByteBuffer checked(CountedUpdate update, int at, Arrival arrival) {
        try {
            UpdateShard found = (UpdateShard) decoder.decode(arrival);
            String sha256 = Sha256.of(found.getData());
            if (Objects.equals(sha256, update.getShardSha256().get(shard))) {
                return codec.decode(found.getData());
            }
            throw lost(update, at, "has sha256 " + sha256 + " now");
        } catch (UnusableRecordException | ClassCastException e) {
            throw lost(update, at, "is another record now: " + e.getMessage());
        }
    }

    private IllegalStateException lost(CountedUpdate update, int at, String what) {
        return new IllegalStateException("run " + closed.event().getRunId() + ", round " + closed.event().getRound()
                + ", client " + update.getClientId() + ", shard " + shard + " with sha256 "
                + update.getShardSha256().get(shard) + ", screened at topic " + Topics.UPDATE_SHARD.name()
                + ", partition " + partition + ", offset " + offsets[at] + ": " + what
                + "; the topic must keep every record of a run until the run is deleted");
    }
}
