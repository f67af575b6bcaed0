package org.fedbiot.aggregator;

import org.fedbiot.aggregator.fact.Origin;
import org.fedbiot.schemas.event.DeadLetter;

/** Records that could not be used, with where they lie; the payload stays there. */
public final class DeadLetters {

    /** Who says so. */
    public static final String PROCESS = "aggregator";

    private DeadLetters() {
    }

    public static DeadLetter of(Origin origin, String reason) {
        return DeadLetter.newBuilder()
                .setProcess(PROCESS)
                .setReason(reason)
                .setOriginTopic(origin.getTopic())
                .setOriginPartition(origin.getPartition())
                .setOriginOffset(origin.getOffset())
                .setKey(origin.getKey())
                .setSha256(origin.getSha256())
                .setBytes(origin.getBytes())
                .build();
    }
}
