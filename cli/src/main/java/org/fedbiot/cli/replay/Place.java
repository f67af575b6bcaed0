package org.fedbiot.cli.replay;

import java.util.Objects;

/** Where a record lies. */
record Place(String topic, int partition, long offset) {

    Place {
        Objects.requireNonNull(topic, "topic");
    }

    /** As messages name it. */
    @Override
    public String toString() {
        return "topic " + topic + ", partition " + partition + ", offset " + offset;
    }
}
