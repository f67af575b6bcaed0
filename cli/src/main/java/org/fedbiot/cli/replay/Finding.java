package org.fedbiot.cli.replay;

import java.util.Locale;
import java.util.Objects;

/**
 * Something in the log that is not as it must be.
 *
 * @param round that it belongs to; 0 for version 0 and for the run as a whole
 * @param text what, where, and what was expected; without the round
 */
record Finding(Kind kind, int round, String text) {

    /** What is wrong. */
    enum Kind {
        /** A record that must be there is not. */
        HOLE,
        /** A record is there with other bytes than were signed, hashed or published. */
        OTHER_BYTES,
        /** A decision does not follow from what the log says before it. */
        BROKEN_RULE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    Finding {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(text, "text");
    }

    static Finding hole(int round, String text) {
        return new Finding(Kind.HOLE, round, text);
    }

    static Finding otherBytes(int round, String text) {
        return new Finding(Kind.OTHER_BYTES, round, text);
    }

    static Finding brokenRule(int round, String text) {
        return new Finding(Kind.BROKEN_RULE, round, text);
    }
}
