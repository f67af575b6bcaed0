package org.fedbiot.observer;

import java.util.Objects;

/**
 * Something that a person should look at.
 *
 * @param runId empty for what belongs to no run
 * @param round 0 for what belongs to no round
 * @param subject a client, worker or topic
 * @param text without times, so that it stays the same while it lasts
 * @param sinceMillis since when; of silence, the last sign
 */
public record Finding(Severity severity, Kind kind, String runId, int round, String subject, String text,
        long sinceMillis) {

    /** How bad it is. */
    public enum Severity {
        /** Something is lost, or stands still. */
        PROBLEM,
        /** It may come to that. */
        WARNING
    }

    /** What it is. */
    public enum Kind {
        RUN_FAILED,
        STUCK_CLIENT,
        REJECTED_UPDATE,
        FAILED_CLIENT,
        QUORUM_AT_RISK,
        OVERDUE_ROUND,
        TOO_FEW_CLIENTS,
        STUCK_TASK,
        UNTAKEN_TASK,
        UNANSWERED_SUBMIT,
        DEAD_LETTERS
    }

    public Finding {
        Objects.requireNonNull(severity, "severity");
        Objects.requireNonNull(kind, "kind");
    }
}
