package org.fedbiot.coordinator;

import org.fedbiot.schemas.event.ClientEvaluated;
import org.fedbiot.schemas.event.ClientFailed;
import org.fedbiot.schemas.event.ClientJoined;
import org.fedbiot.schemas.event.ClientKeyRegistered;
import org.fedbiot.schemas.event.ClientLeaving;

/** What clients are, and what they say of themselves. */
final class ClientRules {

    private ClientRules() {
    }

    static Decisions keyRegistered(Decisions decisions, ClientKeyRegistered event) {
        Ids.require("clientId", event.getClientId());
        if (!event.getPublicKey().hasRemaining()) {
            throw new UnusableInputException("publicKey of client " + event.getClientId() + " is empty");
        }
        boolean known = decisions.state().keys().get(event.getClientId()).filter(event::equals).isPresent();
        return known ? decisions : decisions.decide(event);
    }

    static Decisions joined(Decisions decisions, ClientJoined event) {
        Ids.require("clientId", event.getClientId());
        if (decisions.state().present().get(event.getClientId()).filter(event::equals).isPresent()) {
            return decisions;
        }
        decisions.decide(event);
        for (Run run : decisions.state().runs().values()) {
            if (run.in(Phase.BetweenRounds.class).isPresent()) {
                Flow.openRound(decisions, run.id());
            } else if (run.in(Phase.RoundOpen.class).isPresent()) {
                RoundRules.settle(decisions, run.id());
            }
        }
        return decisions;
    }

    /**
     * A client that leaves is not called again. The round it was called to still waits for it: its update may be on
     * its way through screening, and one that brings none says so by ClientFailed.
     */
    static Decisions leaving(Decisions decisions, ClientLeaving event) {
        if (!decisions.state().present().contains(event.getClientId())) {
            return decisions;
        }
        decisions.decide(event);
        for (Run run : decisions.state().runs().values()) {
            Flow.endWhenScored(decisions, run.id());
        }
        return decisions;
    }

    static Decisions failed(Decisions decisions, ClientFailed event) {
        if (event.getRound() != Deadlines.EVALUATION) {
            return RoundRules.clientFailed(decisions, event);
        }
        return lacksScore(decisions, event.getRunId(), event.getClientId())
                ? Flow.endWhenScored(decisions.decide(event), event.getRunId())
                : decisions;
    }

    /** A score is recorded whenever it comes, after the run's end too. */
    static Decisions evaluated(Decisions decisions, ClientEvaluated event) {
        boolean asked = decisions.state().run(event.getRunId()).flatMap(Run::scoring)
                .map(ClientScoring::opened)
                .filter(opened -> opened.getAdapterVersion() == event.getAdapterVersion()
                        && opened.getEmulatorVersion() == event.getEmulatorVersion())
                .isPresent();
        return asked && lacksScore(decisions, event.getRunId(), event.getClientId())
                ? Flow.endWhenScored(decisions.decide(event), event.getRunId())
                : decisions;
    }

    private static boolean lacksScore(Decisions decisions, String runId, String clientId) {
        return decisions.state().run(runId).flatMap(Run::scoring)
                .filter(scoring -> scoring.lacks(clientId))
                .isPresent();
    }
}
