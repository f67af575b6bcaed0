package org.fedbiot.cli.experiment.cost;

import java.util.List;
import java.util.OptionalDouble;

/**
 * A run on the clock of its links.
 *
 * @param prepared seconds until the first round could open: the server's first alignment
 * @param rounds that were closed, in order
 */
record Timeline(double prepared, List<Closed> rounds) {

    private static final double SECONDS_PER_HOUR = 3_600;

    /**
     * A round's end.
     *
     * @param seconds since the run began
     * @param nll of AdapFu with the round's adapter, where that was evaluated
     */
    record Closed(int round, double seconds, OptionalDouble nll) {
    }

    Timeline {
        rounds = List.copyOf(rounds);
    }

    /** The mean over all rounds, with the first download and the alignments in between; empty without a round. */
    OptionalDouble roundsPerHour() {
        double seconds = seconds() - prepared;
        return seconds > 0 ? OptionalDouble.of(rounds.size() * SECONDS_PER_HOUR / seconds) : OptionalDouble.empty();
    }

    /** From the run's beginning to its last round's end. */
    double seconds() {
        return rounds.isEmpty() ? prepared : rounds.get(rounds.size() - 1).seconds();
    }

    /** From the run's beginning to the end of the first round that scores so well; empty if none does. */
    OptionalDouble secondsTo(double nll) {
        return rounds.stream().filter(round -> round.nll().isPresent() && round.nll().getAsDouble() <= nll)
                .mapToDouble(Closed::seconds).findFirst();
    }

    /** Of the last round that was evaluated. */
    OptionalDouble lastNll() {
        return rounds.stream().map(Closed::nll).filter(OptionalDouble::isPresent)
                .mapToDouble(OptionalDouble::getAsDouble).reduce((first, second) -> second);
    }
}
