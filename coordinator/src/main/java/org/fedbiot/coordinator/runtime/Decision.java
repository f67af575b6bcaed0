package org.fedbiot.coordinator.runtime;

import java.util.Objects;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/**
 * An event for the decision log.
 *
 * @param origin the input it was taken on; empty for a deadline
 */
record Decision(SpecificRecord event, Optional<Origin> origin) {

    Decision {
        Objects.requireNonNull(event, "event");
        Objects.requireNonNull(origin, "origin");
    }
}
