package org.fedbiot.coordinator.runtime;

import java.util.Objects;
import java.util.Optional;
import org.fedbiot.schemas.topic.Topic;

/**
 * Where an event is written.
 *
 * @param partition empty for the key's own
 */
record Outgoing(Topic topic, Optional<Integer> partition, String key) {

    Outgoing {
        Objects.requireNonNull(topic, "topic");
        Objects.requireNonNull(partition, "partition");
        Objects.requireNonNull(key, "key");
    }

    static Outgoing to(Topic topic, String key) {
        return new Outgoing(topic, Optional.empty(), key);
    }
}
