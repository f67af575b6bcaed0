package org.fedbiot.coordinator.runtime;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.coordinator.CoordinatorState;
import org.fedbiot.coordinator.Phase;
import org.fedbiot.schemas.event.CalledClient;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.DeadlineExtended;
import org.fedbiot.schemas.event.DeadlineReached;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunAccepted;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunRefused;
import org.fedbiot.schemas.event.UpdateRejected;
import org.slf4j.Logger;

/** One line in the process log for what a person wants to see of a run: its begin, each round, its end. */
final class DecisionReport {

    private DecisionReport() {
    }

    /** @param before the state that the decision was taken in */
    static void log(Logger logger, CoordinatorState before, SpecificRecord decision) {
        if (decision instanceof RunAccepted accepted) {
            logger.atInfo().addKeyValue("run", accepted.getRunId())
                    .addKeyValue("rounds", accepted.getSpec().getFederation().getRounds())
                    .addKeyValue("exposedShare", accepted.getExposedShare()).log("run accepted");
        } else if (decision instanceof RunRefused refused) {
            logger.atWarn().addKeyValue("run", refused.getRunId()).addKeyValue("reason", refused.getReason())
                    .log("run refused");
        } else if (decision instanceof RoundOpened opened && opened.getAttempt() > 1) {
            logger.atWarn().addKeyValue("run", opened.getRunId()).addKeyValue("round", opened.getRound())
                    .addKeyValue("attempt", opened.getAttempt())
                    .addKeyValue("called", opened.getCalled().stream().map(CalledClient::getClientId).toList())
                    .log("round opened again");
        } else if (decision instanceof DeadlineReached reached) {
            logger.atDebug().addKeyValue("run", reached.getRunId()).addKeyValue("round", reached.getRound())
                    .log("deadline passed");
        } else if (decision instanceof DeadlineExtended extended) {
            logger.atDebug().addKeyValue("run", extended.getRunId()).addKeyValue("round", extended.getRound())
                    .addKeyValue("waitingFor", extended.getWaitingFor())
                    .addKeyValue("deadlineMillis", extended.getDeadlineMillis()).log("deadline put off");
        } else if (decision instanceof UpdateRejected late && late.getReason() == RejectReason.LATE) {
            logger.atWarn().addKeyValue("run", late.getRunId()).addKeyValue("round", late.getRound())
                    .addKeyValue("client", late.getClientId()).log("update came late, it does not count");
        } else if (decision instanceof RoundClosed closed) {
            logger.atInfo().addKeyValue("run", closed.getRunId()).addKeyValue("round", closed.getRound())
                    .addKeyValue("reason", closed.getReason())
                    .addKeyValue("counted", closed.getCounted().stream().map(CountedUpdate::getClientId).toList())
                    .addKeyValue("without", without(before, closed))
                    .addKeyValue("adapterVersion", closed.getNewAdapterVersion())
                    .log("round closed");
        } else if (decision instanceof RunEnded ended) {
            logger.atInfo().addKeyValue("run", ended.getRunId()).addKeyValue("outcome", ended.getOutcome())
                    .addKeyValue("adapterVersion", ended.getAdapterVersion())
                    .addKeyValue("reason", ended.getReason()).log("run ended");
        }
    }

    /** Clients that were called, in the attempt that closed, and do not count. */
    private static List<String> without(CoordinatorState before, RoundClosed closed) {
        Set<String> absent = new TreeSet<>(before.phase(closed.getRunId(), Phase.RoundOpen.class)
                .map(Phase.RoundOpen::called).orElse(Set.of()));
        closed.getCounted().forEach(counted -> absent.remove(counted.getClientId()));
        return List.copyOf(absent);
    }
}
