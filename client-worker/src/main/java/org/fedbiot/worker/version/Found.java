package org.fedbiot.worker.version;

import java.util.Objects;

/**
 * A manifest, or a payload put together from its parts, and what it cost to fetch.
 *
 * @param value what was found
 * @param bytes of the keys and values of its records, but for the offsets in a manifest; 0 if it was at hand
 */
public record Found<T>(T value, long bytes) {

    public Found {
        Objects.requireNonNull(value, "value");
    }
}
