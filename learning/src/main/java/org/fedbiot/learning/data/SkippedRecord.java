package org.fedbiot.learning.data;

/**
 * A record that cannot be used, and why. Holds nothing of its text, so it may be logged.
 *
 * @param source {@code file:line}
 */
public record SkippedRecord(String source, String reason) {
    @Override
    public String toString() {
        return source + ": " + reason;
    }
}
