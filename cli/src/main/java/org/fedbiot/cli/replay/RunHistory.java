package org.fedbiot.cli.replay;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.EvaluationResult;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunSpec;

/**
 * A run as its decision log tells it.
 *
 * @param initial version 0 as the coordinator recorded it
 * @param rounds closed ones, in order
 * @param evaluations the owner's, in order
 * @param ended empty while it is under way
 */
record RunHistory(
        RunSpec spec,
        Optional<AdapterPublished> initial,
        List<RoundHistory> rounds,
        List<EvaluationResult> evaluations,
        Optional<RunEnded> ended) {

    RunHistory {
        Objects.requireNonNull(spec, "spec");
        rounds = List.copyOf(rounds);
        evaluations = List.copyOf(evaluations);
    }

    /** The owner's scores of a version. */
    Optional<EvaluationResult> evaluation(int adapterVersion) {
        return evaluations.stream().filter(scores -> scores.getAdapterVersion() == adapterVersion).findFirst();
    }
}
