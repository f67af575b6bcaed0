package org.fedbiot.aggregator.stream;

import java.util.Optional;
import org.fedbiot.schemas.event.FederationSettings;
import org.fedbiot.schemas.event.RunAccepted;

/** The runs that the coordinator has told of, and whom they can ever call. */
final class KnownRuns {

    private final RunStore index;
    private final ControlEvents control;

    KnownRuns(RunStore index, ControlEvents control) {
        this.index = index;
        this.control = control;
    }

    /** Whether it was not known before. */
    boolean add(String runId, byte[] accepted) {
        if (index.ended(runId) || isKnown(runId)) {
            return false;
        }
        control.put(key(runId), accepted);
        return true;
    }

    /** False also for a run that was accepted before the coordinator told the aggregator of runs. */
    boolean isKnown(String runId) {
        return index.has(key(runId));
    }

    /**
     * @throws UnusableRecordException if no attempt at any round of the run would call the client; of a run that is not
     *     known nobody can say
     */
    void requirePossible(String runId, int round, String clientId) {
        Optional<FederationSettings> federation = control.get(key(runId))
                .map(accepted -> ((RunAccepted) accepted).getSpec().getFederation());
        if (federation.filter(settings -> !settings.getClients().contains(clientId)).isPresent()) {
            throw new UnusableRecordException("NOT_CALLED: client " + clientId + " is none of run " + runId + "'s");
        }
        federation.filter(settings -> round > settings.getRounds()).ifPresent(settings -> {
            throw new UnusableRecordException("WRONG_ROUND: run " + runId + " has " + settings.getRounds()
                    + " rounds, not " + round);
        });
    }

    private static String key(String runId) {
        return RunStore.key(runId, "accepted");
    }
}
