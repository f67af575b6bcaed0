package org.fedbiot.cli.replay;

import java.util.Objects;

/** An event and where it lies. */
record Located<E>(E event, Place place) {

    Located {
        Objects.requireNonNull(event, "event");
        Objects.requireNonNull(place, "place");
    }
}
