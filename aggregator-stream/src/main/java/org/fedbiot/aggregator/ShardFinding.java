package org.fedbiot.aggregator;

import java.util.Optional;

/**
 * What screening found of one shard.
 *
 * @param objection why it does not count; empty if it does
 * @param squaredNorm sum of squares of its elements, 0 with an objection
 */
public record ShardFinding(Optional<Objection> objection, double squaredNorm) {

    static ShardFinding against(Objection objection) {
        return new ShardFinding(Optional.of(objection), 0);
    }
}
