package org.fedbiot.coordinator;

import java.util.Optional;

/** Collects what is wrong with a spec; the first finding is the one that is reported. */
final class Problems {

    private Optional<String> first = Optional.empty();

    /**
     * @param key the spec's key, as a user writes it
     * @param finding what is wrong and what would be right
     */
    Problems unless(boolean fine, String key, String finding) {
        if (!fine && first.isEmpty()) {
            first = Optional.of(key + ": " + finding);
        }
        return this;
    }

    Problems atLeast(String key, long value, long least) {
        return unless(value >= least, key, value + " is less than " + least);
    }

    /** Finite and at least 0. */
    Problems notNegative(String key, double value) {
        return unless(value >= 0 && Double.isFinite(value), key, value + " is not a number of at least 0");
    }

    Problems positive(String key, double value) {
        return unless(value > 0 && Double.isFinite(value), key, value + " is not a number above 0");
    }

    /** From 0 to, but not including, 1. */
    Problems fraction(String key, double value) {
        return unless(value >= 0 && value < 1, key, value + " is not from 0 to below 1");
    }

    Problems present(String key, String text) {
        return unless(!text.isBlank(), key, "is empty");
    }

    /** Whether nothing was found yet: what follows may rely on all that was checked. */
    boolean none() {
        return first.isEmpty();
    }

    Optional<String> first() {
        return first;
    }
}
