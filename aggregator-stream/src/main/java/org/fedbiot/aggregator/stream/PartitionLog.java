package org.fedbiot.aggregator.stream;

import java.util.Optional;

/**
 * What a task reads of its partition's topics beside the records that it is given. Its folds read on threads of their
 * own, so every method may be called by two at once.
 */
interface PartitionLog extends AutoCloseable {

    /** The record at an offset of the submitted shards; empty if the topic does not hold it any more. */
    Optional<Arrival> shard(long offset);

    /** Says which one is asked for next, so that it is on its way while the one before is worked on. */
    void expect(long offset);

    /** The offset that the next control event will have: all plans that anybody can know of are before it. */
    long controlEnd();

    @Override
    void close();
}
