package org.fedbiot.coordinator;

import java.util.Optional;
import org.fedbiot.schemas.event.DeadlineReached;

/** What a run waits for by time. */
final class Deadlines {

    /** The round that a deadline of the clients' evaluation names. */
    static final int EVALUATION = 0;

    private Deadlines() {
    }

    static Optional<DeadlineReached> of(Run run) {
        Optional<DeadlineReached> round = run.in(Phase.RoundOpen.class)
                .filter(open -> !open.expired())
                .map(open -> new DeadlineReached(run.id(), open.opened().getRound(),
                        open.deadlineMillis()));
        return round.or(() -> run.in(Phase.AwaitingScores.class)
                .flatMap(awaiting -> run.scoring())
                .filter(scoring -> !scoring.expired())
                .map(scoring -> new DeadlineReached(run.id(), EVALUATION, scoring.opened().getDeadlineMillis())));
    }
}
