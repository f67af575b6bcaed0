package org.fedbiot.cli.replay;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.fedbiot.cli.UserError;

/**
 * What came of a replay.
 *
 * @param versions in order, up to the first that is not equal
 * @param findings what is wrong with the log; empty if nothing is
 * @param values of the last version that was folded
 * @param answer to what else was asked; covers all rounds only if the replay is {@link #isEqual}
 */
record ReplayResult(
        RunHistory history,
        List<ReplayedVersion> versions,
        List<Finding> findings,
        float[] values,
        Optional<WhatIfAnswer> answer) implements AutoCloseable {

    ReplayResult {
        Objects.requireNonNull(history, "history");
        versions = List.copyOf(versions);
        findings = List.copyOf(findings);
        Objects.requireNonNull(answer, "answer");
    }

    /** Whether all versions came out as they were recorded and nothing else is wrong. */
    boolean isEqual() {
        return findings.isEmpty() && !versions.isEmpty() && versions.stream().allMatch(ReplayedVersion::isEqual);
    }

    /** The first round that is not as it must be; 0 for version 0 or the run as a whole. */
    Optional<Finding> first() {
        return findings.stream().filter(finding -> finding.round() > 0)
                .min(Comparator.comparingInt(Finding::round))
                .or(() -> findings.stream().findFirst());
    }

    ReplayedVersion last() {
        if (versions.isEmpty()) {
            throw new UserError("run " + history.spec().getRunId() + " has no version");
        }
        return versions.get(versions.size() - 1);
    }

    @Override
    public void close() {
        answer.ifPresent(WhatIfAnswer::close);
    }
}
