package org.fedbiot.schemas.integrity;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.fedbiot.schemas.topic.Topics;

/**
 * How a flat fp32 vector is cut into shards: shard s holds elements [s*b/4, min((s+1)*b/4, elements)).
 *
 * @param elements of the whole vector; 0 gives one empty shard
 * @param shardBytes bytes of every shard but the last, a positive multiple of 4, at most
 *     {@link Topics#MAX_CHUNK_BYTES}
 */
public record ShardPlan(int elements, int shardBytes) {

    public ShardPlan {
        if (elements < 0) {
            throw new IllegalArgumentException("elements must not be negative: " + elements);
        }
        if (shardBytes < Float.BYTES || shardBytes % Float.BYTES != 0 || shardBytes > Topics.MAX_CHUNK_BYTES) {
            throw new IllegalArgumentException("shardBytes must be a multiple of " + Float.BYTES + " from "
                    + Float.BYTES + " to " + Topics.MAX_CHUNK_BYTES + ", not " + shardBytes);
        }
    }

    public int shards() {
        int perShard = shardBytes / Float.BYTES;
        return Math.max(1, (int) (((long) elements + perShard - 1) / perShard));
    }

    /** First element of a shard. */
    public int start(int shard) {
        return Objects.checkIndex(shard, shards()) * (shardBytes / Float.BYTES);
    }

    /** One past the last element of a shard. */
    public int end(int shard) {
        return (int) Math.min((long) start(shard) + shardBytes / Float.BYTES, elements);
    }

    /** Partition of every topic that the aggregator reads by shard. */
    public int partition(int shard) {
        return Objects.checkIndex(shard, shards()) % Topics.SHARD_PARTITIONS;
    }

    /** All shards of the vector in order, little-endian. */
    public List<ByteBuffer> cut(float[] vector) {
        if (vector.length != elements) {
            throw new IllegalArgumentException("vector has " + vector.length + " elements, the plan " + elements);
        }
        return IntStream.range(0, shards())
                .mapToObj(shard -> LittleEndian.bytes(vector, start(shard), end(shard)))
                .toList();
    }
}
