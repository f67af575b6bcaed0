package org.fedbiot.coordinator;

import java.util.Set;
import org.fedbiot.schemas.event.FederationSettings;

/**
 * What a round has, beside what it needs.
 *
 * @param updates that are accepted
 * @param quorum of updates
 * @param samples training records that the accepted updates stand for
 * @param minimumSamples of these
 */
record Shortfall(int updates, int quorum, long samples, long minimumSamples) {

    static Shortfall of(Run run, Phase.RoundOpen round) {
        FederationSettings federation = run.spec().getFederation();
        return new Shortfall(round.accepted().size(), round.opened().getQuorum(), round.samples(),
                federation.getMinimumSamples());
    }

    boolean isNone() {
        return updates >= quorum && samples >= minimumSamples;
    }

    /** For people, with every number. Clients read it too: it names clients, never what they said. */
    String text(Phase.RoundOpen round) {
        StringBuilder text = new StringBuilder("round " + round.opened().getRound() + ", attempt "
                + round.opened().getAttempt() + ": " + updates + " accepted updates of a quorum of " + quorum);
        if (minimumSamples > 0) {
            text.append(", which stand for ").append(samples).append(" of at least ").append(minimumSamples)
                    .append(" samples");
        }
        Set<String> failed = round.failed().ids();
        if (!failed.isEmpty()) {
            text.append("; no update can come from ").append(failed)
                    .append(", their events in the decision log say why");
        }
        if (round.expired() && !round.awaited().isEmpty()) {
            text.append("; the deadline passed without ").append(round.awaited());
        }
        return text.toString();
    }
}
