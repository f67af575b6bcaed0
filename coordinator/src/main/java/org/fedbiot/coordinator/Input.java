package org.fedbiot.coordinator;

import java.util.Objects;
import org.apache.avro.specific.SpecificRecord;

/**
 * Something that happened, to be decided upon.
 *
 * @param event what happened
 * @param timestampMillis epoch time that deadlines opened by this input count from
 */
public record Input(SpecificRecord event, long timestampMillis) {

    public Input {
        Objects.requireNonNull(event, "event");
    }
}
