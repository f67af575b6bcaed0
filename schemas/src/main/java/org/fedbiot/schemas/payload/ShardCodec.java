package org.fedbiot.schemas.payload;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.fedbiot.schemas.event.UpdateCodec;
import org.fedbiot.schemas.integrity.ShardPlan;

/**
 * How a range of an update travels. The encoded bytes are what is hashed and signed; whoever decodes them gets the same
 * fp32 values to the last bit, so that a fold of them is the same wherever it is done. Each range is encoded by itself.
 */
public sealed interface ShardCodec permits Float32Codec, BFloat16Codec, Int8Codec {

    static ShardCodec of(UpdateCodec codec) {
        return switch (codec) {
            case FP32 -> new Float32Codec();
            case BF16 -> new BFloat16Codec();
            case INT8 -> new Int8Codec();
        };
    }

    /** Whether decoding gives back what was encoded, bit for bit. */
    boolean isExact();

    /** Of so many elements, encoded as one range. */
    int bytes(int elements);

    /**
     * The bytes of {@code values[from, to)}, in a heap buffer of their own, position 0. A value that is not finite
     * makes one or more decoded values not finite.
     */
    ByteBuffer encode(float[] values, int from, int to);

    /**
     * The values as fp32, four bytes each, little-endian; the argument's position stays where it was.
     *
     * @return may share the argument's memory
     * @throws IllegalArgumentException if no number of elements has so many bytes
     */
    ByteBuffer decode(ByteBuffer bytes);

    /** All shards of an update in order. */
    default List<ByteBuffer> encode(ShardPlan plan, float[] update) {
        return IntStream.range(0, plan.shards())
                .mapToObj(shard -> encode(update, plan.start(shard), plan.end(shard))).toList();
    }

    /** All shards of an update together. */
    default long bytes(ShardPlan plan) {
        return IntStream.range(0, plan.shards())
                .mapToLong(shard -> bytes(plan.end(shard) - plan.start(shard))).sum();
    }
}
