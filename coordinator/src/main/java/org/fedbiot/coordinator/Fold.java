package org.fedbiot.coordinator;

import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AdapterRefused;
import org.fedbiot.schemas.event.CalledClient;
import org.fedbiot.schemas.event.ClientEvaluated;
import org.fedbiot.schemas.event.ClientFailed;
import org.fedbiot.schemas.event.ClientJoined;
import org.fedbiot.schemas.event.ClientKeyRegistered;
import org.fedbiot.schemas.event.ClientLeaving;
import org.fedbiot.schemas.event.DeadlineExtended;
import org.fedbiot.schemas.event.DeadlineReached;
import org.fedbiot.schemas.event.EvaluatedModel;
import org.fedbiot.schemas.event.EvaluationOpened;
import org.fedbiot.schemas.event.EvaluationResult;
import org.fedbiot.schemas.event.ModelScore;
import org.fedbiot.schemas.event.ProgressSeen;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunAccepted;
import org.fedbiot.schemas.event.RunCancelRequested;
import org.fedbiot.schemas.event.RunDeleted;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunRefused;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.ServerTaskFailed;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateRejected;

/** What each event of the decision log does to the state. Decides nothing: it only records what was decided. */
final class Fold {

    private static final Dispatch<CoordinatorState, CoordinatorState> RULES =
            new Dispatch<CoordinatorState, CoordinatorState>()
                    .on(ClientKeyRegistered.class, CoordinatorState::withKey)
                    .on(ClientJoined.class, CoordinatorState::withPresent)
                    .on(ClientLeaving.class, (state, event) -> state.withoutPresent(event.getClientId()))
                    .on(RunAccepted.class, Fold::accepted)
                    .on(RunRefused.class, (state, event) -> state)
                    .on(RunCancelRequested.class, (state, event) -> state)
                    .on(RunEnded.class, (state, event) -> state.with(event.getRunId(),
                            run -> run.with(Phase.end(event))))
                    .on(ServerTaskAssigned.class, Fold::assigned)
                    .on(ServerTaskCompleted.class, Fold::completed)
                    .on(ServerTaskFailed.class, (state, event) -> state)
                    .on(RoundOpened.class, Fold::opened)
                    .on(UpdateAccepted.class, (state, event) -> inRound(state, event, event.getRunId(),
                            event.getRound(), round -> round.accept(event)))
                    .on(UpdateRejected.class, Fold::rejected)
                    .on(ClientFailed.class, Fold::clientFailed)
                    .on(ProgressSeen.class, (state, event) -> inRound(state, event, event.getRunId(),
                            event.getRound(), round -> round.moved(event)))
                    .on(DeadlineExtended.class, (state, event) -> inRound(state, event, event.getRunId(),
                            event.getRound(), round -> round.extend(event.getDeadlineMillis())))
                    .on(DeadlineReached.class, Fold::deadlineReached)
                    .on(RoundClosed.class, Fold::closed)
                    .on(AdapterPublished.class, Fold::published)
                    .on(AdapterRefused.class, (state, event) -> state)
                    .on(EvaluationOpened.class, (state, event) -> state.with(event.getRunId(),
                            run -> run.with(ClientScoring.open(event))))
                    .on(ClientEvaluated.class, (state, event) -> score(state, event, event.getRunId(),
                            scoring -> scoring.with(event)))
                    .on(RunDeleted.class, (state, event) -> state.with(event.getRunId(),
                            run -> run.with(run.history().with(event))));

    private Fold() {
    }

    static CoordinatorState apply(CoordinatorState state, SpecificRecord event) {
        return RULES.apply(state, event).orElseThrow(() -> new IllegalStateException(
                event.getSchema().getName() + " is not an event of the decision log"));
    }

    private static CoordinatorState accepted(CoordinatorState state, RunAccepted event) {
        return state.with(Run.accepted(event.getSpec()))
                .withExposed(event.getSpec().getModel().getSha256(), event.getExposedLayers());
    }

    private static CoordinatorState assigned(CoordinatorState state, ServerTaskAssigned task) {
        if (task.getTaskId().equals(RunPlan.COMPRESS_TASK)) {
            return state;
        }
        return advance(state, task, task.getRunId(), Phase.BetweenRounds.class, between -> switch (task.getKind()) {
            case ALIGN -> between.align(task);
            case EVALUATE -> between.evaluate(task);
            case EXPORT -> between.export(task);
            default -> throw misplaced(task, task.getRunId(), "a task of a known kind");
        });
    }

    private static CoordinatorState completed(CoordinatorState state, ServerTaskCompleted event) {
        String runId = event.getRunId();
        return switch (event.getKind()) {
            case COMPRESS -> begun(advance(state, event, runId, Phase.Compressing.class,
                    phase -> phase.cut(event.getCompression(), event.getAlignment()))
                    .with(runId, run -> run.withOptimiserState(event.getAlignment().getOptimiserState())), runId);
            case ALIGN -> advance(state, event, runId, Phase.Aligning.class, Phase.Aligning::done)
                    .with(runId, run -> run.with(run.versions().orElseThrow().with(event.getAlignment()))
                            .withOptimiserState(event.getAlignment().getOptimiserState()));
            case EVALUATE -> advance(state, event, runId, Phase.Evaluating.class, Phase.Evaluating::done)
                    .with(runId, run -> run.with(new EvaluatedVersion(run.versions().orElseThrow(),
                            adapFuNll(event.getEvaluation()))));
            case EXPORT -> advance(state, event, runId, Phase.Exporting.class, Phase.Exporting::done);
            default -> throw misplaced(event, runId, "a task of a known kind");
        };
    }

    private static CoordinatorState opened(CoordinatorState state, RoundOpened event) {
        String runId = event.getRunId();
        boolean again = event.getAttempt() > 1;
        CoordinatorState after = again
                ? inRound(state, event, runId, event.getRound(), round -> {
                    require(event.getAttempt() == round.opened().getAttempt() + 1, event, runId,
                            "attempt " + (round.opened().getAttempt() + 1) + ", not " + event.getAttempt());
                    return round.reopen(event);
                })
                : advance(state, event, runId, Phase.BetweenRounds.class, between -> {
                    require(event.getRound() == between.completed() + 1, event, runId,
                            "round " + (between.completed() + 1) + ", not " + event.getRound());
                    return between.open(event);
                });
        return after.with(runId, run -> run.withCalled(
                        event.getCalled().stream().map(CalledClient::getClientId).sorted().toList()))
                .with(runId, run -> run.with(run.history().with(new RoundStart(event.getRound(),
                        run.versions().orElseThrow(), run.optimiserState()))));
    }

    private static CoordinatorState rejected(CoordinatorState state, UpdateRejected event) {
        if (event.getReason() == RejectReason.LATE) {
            return state.with(event.getRunId(), run -> run.with(run.stragglers().with(event)));
        }
        return inRound(state, event, event.getRunId(), event.getRound(),
                round -> round.fail(event.getClientId(), event));
    }

    private static CoordinatorState closed(CoordinatorState state, RoundClosed event) {
        String runId = event.getRunId();
        Optional<Phase.RoundOpen> open = state.phase(runId, Phase.RoundOpen.class);
        return inRound(state, event, runId, event.getRound(), round -> round.close(event))
                .with(runId, run -> run.with(run.stragglers().with(open.orElseThrow(), event)));
    }

    private static CoordinatorState clientFailed(CoordinatorState state, ClientFailed event) {
        if (event.getRound() == Deadlines.EVALUATION) {
            return score(state, event, event.getRunId(), scoring -> scoring.with(event));
        }
        return inRound(state, event, event.getRunId(), event.getRound(),
                round -> round.fail(event.getClientId(), event));
    }

    private static CoordinatorState deadlineReached(CoordinatorState state, DeadlineReached event) {
        if (event.getRound() == Deadlines.EVALUATION) {
            return score(state, event, event.getRunId(), ClientScoring::expire);
        }
        return inRound(state, event, event.getRunId(), event.getRound(), Phase.RoundOpen::expire);
    }

    private static CoordinatorState published(CoordinatorState state, AdapterPublished event) {
        String runId = event.getRunId();
        if (event.getVersion() == 0) {
            return begun(advance(state, event, runId, Phase.Compressing.class, phase -> phase.initial(event)), runId);
        }
        return advance(state, event, runId, Phase.Folding.class, Phase.Folding::published)
                .with(runId, run -> run.with(run.versions().orElseThrow().with(event)));
    }

    /** Cut and adapter version 0 come in any order; with both there the run is between rounds. */
    private static CoordinatorState begun(CoordinatorState state, String runId) {
        return state.with(runId, run -> run.in(Phase.Compressing.class)
                .flatMap(phase -> phase.versions().map(versions -> run.with(versions).with(phase.ready())))
                .orElse(run));
    }

    private static double adapFuNll(EvaluationResult result) {
        return result.getScores().stream()
                .filter(score -> score.getModel() == EvaluatedModel.ADAP_FU)
                .mapToDouble(ModelScore::getNll)
                .findFirst().orElse(Double.NaN);
    }

    private static <P extends Phase> CoordinatorState advance(CoordinatorState state, SpecificRecord event,
            String runId, Class<P> from, Function<P, ? extends Phase> transition) {
        return state.with(runId, run -> run.with(run.in(from).<Phase>map(transition).orElseThrow(
                () -> misplaced(event, runId, "phase " + from.getSimpleName() + ", not " + run.phase()))));
    }

    /** A round's event must be of the round that is open: one of another round says that events are missing between. */
    private static CoordinatorState inRound(CoordinatorState state, SpecificRecord event, String runId, int number,
            Function<Phase.RoundOpen, ? extends Phase> transition) {
        return advance(state, event, runId, Phase.RoundOpen.class, round -> {
            require(round.opened().getRound() == number, event, runId,
                    "round " + round.opened().getRound() + ", not " + number);
            return transition.apply(round);
        });
    }

    private static void require(boolean fits, SpecificRecord event, String runId, String expected) {
        if (!fits) {
            throw misplaced(event, runId, expected);
        }
    }

    private static CoordinatorState score(CoordinatorState state, SpecificRecord event, String runId,
            Function<ClientScoring, ClientScoring> change) {
        return state.with(runId, run -> run.with(run.scoring().map(change).orElseThrow(
                () -> misplaced(event, runId, "an open evaluation"))));
    }

    private static IllegalStateException misplaced(SpecificRecord event, String runId, String expected) {
        return new IllegalStateException("the decision log does not fold: " + event.getSchema().getName() + " of run "
                + runId + " needs " + expected + "; the log has a hole or was not written by a coordinator");
    }
}
