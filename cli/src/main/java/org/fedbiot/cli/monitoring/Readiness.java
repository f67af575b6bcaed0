package org.fedbiot.cli.monitoring;

import java.util.Objects;

/**
 * Whether a process does its part now.
 *
 * @param detail for people: what it does, or what it waits for
 */
public record Readiness(boolean ready, String detail) {

    public Readiness {
        Objects.requireNonNull(detail, "detail");
    }

    public static Readiness ready(String detail) {
        return new Readiness(true, detail);
    }

    public static Readiness notYet(String detail) {
        return new Readiness(false, detail);
    }
}
