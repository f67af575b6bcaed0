package org.fedbiot.aggregator.stream;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.fedbiot.aggregator.ClosedRound;
import org.fedbiot.aggregator.ShardFold;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.payload.ShardCodec;
import org.fedbiot.schemas.topic.Topics;

/**
 * The payloads that a close counts of one shard, read back from the submit topic and decoded. Folding asks in client-id
 * order and clients arrive in any, so some are read ahead together, in the order in which they lie there. Memory holds
 * one such batch, however many clients there are.
 */
final class CountedShards implements ShardFold.Differences {

    /** Two full shards, decoded: with many clients, those that follow each other by id lie far apart anyway. */
    private static final int BATCH_BYTES = 1024 * 1024;

    private record Place(CountedUpdate update, long offset) {
    }

    private final ClosedRound closed;
    private final ShardCodec codec;
    private final int shard;
    private final int partition;
    private final UpdateShelf shelf;
    private final PartitionLog log;
    private final EventDecoder decoder;
    private final List<CountedUpdate> counted;
    private final Map<String, ByteBuffer> batch = new HashMap<>();

    CountedShards(ClosedRound closed, int shard, int partition, UpdateShelf shelf, PartitionLog log,
            EventDecoder decoder) {
        this.closed = closed;
        this.codec = ShardCodec.of(closed.event().getAggregation().getUpdateCodec());
        this.shard = shard;
        this.partition = partition;
        this.shelf = shelf;
        this.log = log;
        this.decoder = decoder;
        this.counted = closed.counted();
    }

    /** @throws IllegalStateException if the topic no longer holds it as it was screened; names where it was */
    @Override
    public ByteBuffer of(CountedUpdate update) {
        if (!batch.containsKey(update.getClientId())) {
            batch.clear();
            int from = counted.indexOf(update);
            int shards = Math.max(1, BATCH_BYTES / closed.cut().shardBytes());
            places(from, Math.min(counted.size(), from + shards))
                    .forEach(place -> batch.put(place.update().getClientId(), read(place)));
        }
        return batch.get(update.getClientId());
    }

    private List<Place> places(int from, int to) {
        List<Place> places = new ArrayList<>();
        for (CountedUpdate update : counted.subList(from, to)) {
            long offset = shelf.offset(closed.event().getRunId(), closed.event().getRound(), shard,
                    update.getClientId(), update.getShardSha256().get(shard)).orElseThrow();
            places.add(new Place(update, offset));
        }
        places.sort(Comparator.comparingLong(Place::offset));
        return places;
    }

    private ByteBuffer read(Place place) {
        Arrival arrival = log.shard(place.offset()).orElseThrow(() -> lost(place, "is not there any more"));
        try {
            UpdateShard found = (UpdateShard) decoder.decode(arrival);
            String sha256 = Sha256.of(found.getData());
            if (Objects.equals(sha256, place.update().getShardSha256().get(shard))) {
                return codec.decode(found.getData());
            }
            throw lost(place, "has sha256 " + sha256 + " now");
        } catch (UnusableRecordException | ClassCastException e) {
            throw lost(place, "is another record now: " + e.getMessage());
        }
    }

    private IllegalStateException lost(Place place, String what) {
        return new IllegalStateException("run " + closed.event().getRunId() + ", round " + closed.event().getRound()
                + ", client " + place.update().getClientId() + ", shard " + shard + " with sha256 "
                + place.update().getShardSha256().get(shard) + ", screened at topic " + Topics.UPDATE_SHARD.name()
                + ", partition " + partition + ", offset " + place.offset() + ": " + what
                + "; the topic must keep every record of a run until the run is deleted");
    }
}
