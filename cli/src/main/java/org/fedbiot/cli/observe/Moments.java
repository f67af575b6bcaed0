package org.fedbiot.cli.observe;

import java.time.Instant;

/** Times of the log as people and as programs read them. */
final class Moments {

    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private Moments() {
    }

    /** ISO 8601 in UTC; empty for what has not happened. */
    static String iso(long millis) {
        return millis == 0 ? "" : Instant.ofEpochMilli(millis).toString();
    }

    /** A span in its two largest units, such as {@code 2 min 5 s}. */
    static String span(long millis) {
        long seconds = Math.max(0, millis) / 1000;
        if (seconds < MINUTE) {
            return seconds + " s";
        } else if (seconds < HOUR) {
            return seconds / MINUTE + " min " + seconds % MINUTE + " s";
        } else if (seconds < DAY) {
            return seconds / HOUR + " h " + seconds % HOUR / MINUTE + " min";
        }
        return seconds / DAY + " d " + seconds % DAY / HOUR + " h";
    }
}
