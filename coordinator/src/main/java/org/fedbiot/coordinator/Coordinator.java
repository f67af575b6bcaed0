package org.fedbiot.coordinator;

import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AdapterRefused;
import org.fedbiot.schemas.event.ClientEvaluated;
import org.fedbiot.schemas.event.ClientFailed;
import org.fedbiot.schemas.event.ClientJoined;
import org.fedbiot.schemas.event.ClientKeyRegistered;
import org.fedbiot.schemas.event.ClientLeaving;
import org.fedbiot.schemas.event.ClientProgressed;
import org.fedbiot.schemas.event.DeadlineReached;
import org.fedbiot.schemas.event.RunCancelRequested;
import org.fedbiot.schemas.event.RunDeleteRequested;
import org.fedbiot.schemas.event.RunSubmitted;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.ServerTaskFailed;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateRejected;

/**
 * The coordinator as a pure function (design 3, "Coordinator"). {@link #decide} turns an input into decision events
 * and changes nothing; {@link #apply} folds an event of the decision log into state, live and after a restart alike.
 * An input that changes state is itself among its decisions, or what was made of it, so that the log alone gives the
 * state.
 */
public final class Coordinator {

    private static final Dispatch<Decisions, Decisions> RULES = new Dispatch<Decisions, Decisions>()
            .on(RunSubmitted.class, RunRules::submitted)
            .on(RunCancelRequested.class, RunRules::cancelRequested)
            .on(RunDeleteRequested.class, RunRules::deleteRequested)
            .on(ClientKeyRegistered.class, ClientRules::keyRegistered)
            .on(ClientJoined.class, ClientRules::joined)
            .on(ClientLeaving.class, ClientRules::leaving)
            .on(ClientFailed.class, ClientRules::failed)
            .on(ClientProgressed.class, ProgressRules::progressed)
            .on(ClientEvaluated.class, ClientRules::evaluated)
            .on(UpdateAccepted.class, RoundRules::accepted)
            .on(UpdateRejected.class, RoundRules::rejected)
            .on(DeadlineReached.class, RoundRules::deadlineReached)
            .on(AdapterPublished.class, RoundRules::published)
            .on(AdapterRefused.class, RoundRules::adapterRefused)
            .on(ServerTaskCompleted.class, TaskRules::completed)
            .on(ServerTaskFailed.class, TaskRules::failed);

    private Coordinator() {
    }

    /**
     * Decides upon one input.
     *
     * @return events for the decision log, in order; none for an input that is already applied, stale, of an unknown
     *         run, or of a type that decides nothing
     * @throws UnusableInputException if the input is malformed in itself
     */
    public static List<SpecificRecord> decide(CoordinatorState state, Input input) {
        return RULES.apply(new Decisions(state, input.timestampMillis()), input.event())
                .map(Decisions::events)
                .orElse(List.of());
    }

    /**
     * The state after one event of the decision log.
     *
     * @throws IllegalStateException if the event cannot follow upon this state: the log has a hole
     */
    public static CoordinatorState apply(CoordinatorState state, SpecificRecord event) {
        return Fold.apply(state, event);
    }
}
