package org.fedbiot.aggregator.stream;

import java.util.Objects;
import java.util.Optional;
import org.fedbiot.aggregator.fact.Origin;
import org.fedbiot.schemas.integrity.Sha256;

/**
 * A record as it came, before anybody believed a byte of it.
 *
 * @param key empty if it has none
 * @param value null for a tombstone
 */
record Arrival(String topic, int partition, long offset, String key, byte[] value) {

    Arrival {
        key = Objects.requireNonNullElse(key, "");
    }

    Origin origin() {
        byte[] bytes = Optional.ofNullable(value).orElse(new byte[0]);
        return Origin.newBuilder()
                .setTopic(topic)
                .setPartition(partition)
                .setOffset(offset)
                .setKey(key)
                .setSha256(Sha256.of(bytes))
                .setBytes(bytes.length)
                .build();
    }

    String where() {
        return "topic " + topic + ", partition " + partition + ", offset " + offset;
    }
}
