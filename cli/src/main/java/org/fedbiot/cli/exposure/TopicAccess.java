package org.fedbiot.cli.exposure;

import java.util.Objects;
import org.fedbiot.schemas.topic.Role;
import org.fedbiot.schemas.topic.Topic;

/**
 * What an attempt to read a topic came to.
 *
 * @param records read
 * @param bytes of their keys and values
 * @param unusable records that are none of our events; what they hold is not counted
 * @param trimmed whether a partition no longer begins at its first record: what stood before may have been read then
 */
record TopicAccess(Topic topic, Outcome outcome, long records, long bytes, long unusable, boolean trimmed) {

    enum Outcome {
        READ,
        REFUSED,
        MISSING
    }

    TopicAccess {
        Objects.requireNonNull(topic, "topic");
        Objects.requireNonNull(outcome, "outcome");
    }

    static TopicAccess without(Topic topic, Outcome outcome) {
        return new TopicAccess(topic, outcome, 0, 0, 0, false);
    }

    /** Whether clients are to read it. */
    boolean isForClients() {
        return topic.readers().contains(Role.CLIENT);
    }

    /** Whether it was read although the catalogue gives it to no client. */
    boolean isBreach() {
        return outcome == Outcome.READ && !isForClients();
    }
}
