package org.fedbiot.worker.client;

import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.EvaluationOpened;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;

/** An event of the announce topic as one client takes it. */
record Announcement(SpecificRecord event) {

    /**
     * Whether the client is to do something about it. A round is over when a later one of its run is open or the run
     * has ended; scores are recorded even after a run's end, unless it came to nothing.
     *
     * @param later what was announced since
     */
    boolean concerns(String clientId, List<SpecificRecord> later) {
        if (event instanceof RoundOpened round) {
            return round.getCalled().stream().anyMatch(called -> called.getClientId().equals(clientId))
                    && later.stream().noneMatch(other -> ends(round, other));
        }
        if (event instanceof EvaluationOpened evaluation) {
            return evaluation.getClients().contains(clientId)
                    && later.stream().noneMatch(other -> ends(evaluation, other));
        }
        return false;
    }

    private static boolean ends(RoundOpened round, SpecificRecord other) {
        return other instanceof RoundOpened next && next.getRunId().equals(round.getRunId())
                && next.getRound() > round.getRound()
                || other instanceof EvaluationOpened evaluation && evaluation.getRunId().equals(round.getRunId())
                || other instanceof RunEnded ended && ended.getRunId().equals(round.getRunId());
    }

    private static boolean ends(EvaluationOpened evaluation, SpecificRecord other) {
        return other instanceof RunEnded ended && ended.getRunId().equals(evaluation.getRunId())
                && ended.getOutcome() != RunOutcome.COMPLETED;
    }
}
