package org.fedbiot.coordinator;

import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AdapterRefused;
import org.fedbiot.schemas.event.ClientFailed;
import org.fedbiot.schemas.event.CloseReason;
import org.fedbiot.schemas.event.DeadlineExtended;
import org.fedbiot.schemas.event.DeadlineReached;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateRejected;

/** When a round closes, with whom, and what comes of it. */
final class RoundRules {

    /**
     * Rejections that are a fact of what the client itself made: working it out again gives the same. The other
     * reasons may stem from a forged or foreign record, which must not take the client's place.
     */
    private static final Set<RejectReason> FINAL = Set.of(RejectReason.WRONG_BASE_VERSION, RejectReason.WRONG_CODEC,
            RejectReason.WRONG_SHAPE, RejectReason.NOT_FINITE, RejectReason.NORM_EXCEEDED);

    private RoundRules() {
    }

    static Decisions accepted(Decisions decisions, UpdateAccepted event) {
        Optional<Phase.RoundOpen> round = open(decisions, event.getRunId(), event.getRound());
        if (round.isEmpty()) {
            return late(decisions, event.getRunId(), event.getRound(), event.getClientId(), () ->
                    new UpdateRejected(event.getRunId(), event.getRound(), event.getClientId(),
                            event.getUpdateSha256(), RejectReason.LATE,
                            "passed screening after round " + event.getRound() + " had closed without it"));
        }
        if (!round.get().expects(event.getClientId())) {
            return decisions;
        }
        int shards = round.get().opened().getAdapterShards();
        if (event.getShardSha256().size() != shards || event.getDatasetSamples() < 0
                || event.getProcessedSamples() < 0) {
            throw new UnusableInputException("verdict on run " + event.getRunId() + " round " + event.getRound()
                    + " client " + event.getClientId() + ": " + event.getShardSha256().size() + " shards of " + shards
                    + ", " + event.getDatasetSamples() + " and " + event.getProcessedSamples() + " samples");
        }
        return settle(decisions.decide(event), event.getRunId());
    }

    static Decisions rejected(Decisions decisions, UpdateRejected event) {
        if (event.getReason() == RejectReason.LATE) {
            return late(decisions, event.getRunId(), event.getRound(), event.getClientId(), () -> event);
        }
        return FINAL.contains(event.getReason())
                ? lost(decisions, event, event.getRunId(), event.getRound(), event.getClientId())
                : decisions;
    }

    /** Recorded once, whether screening or the close was first; never counted. */
    private static Decisions late(Decisions decisions, String runId, int round, String clientId,
            Supplier<UpdateRejected> update) {
        boolean missed = decisions.state().run(runId)
                .filter(run -> run.stragglers().misses(runId, round, clientId)).isPresent();
        return missed ? decisions.decide(update.get()) : decisions;
    }

    static Decisions clientFailed(Decisions decisions, ClientFailed event) {
        return lost(decisions, event, event.getRunId(), event.getRound(), event.getClientId());
    }

    private static Decisions lost(Decisions decisions, SpecificRecord event, String runId, int round,
            String clientId) {
        boolean awaited = open(decisions, runId, round).filter(open -> open.awaited().contains(clientId)).isPresent();
        return awaited ? settle(decisions.decide(event), runId) : decisions;
    }

    static Decisions deadlineReached(Decisions decisions, DeadlineReached event) {
        boolean due = decisions.state().run(event.getRunId()).flatMap(Deadlines::of).filter(event::equals).isPresent();
        if (!due) {
            return decisions;
        }
        if (event.getRound() == Deadlines.EVALUATION) {
            return Flow.endWhenScored(decisions.decide(event), event.getRunId());
        }
        Optional<DeadlineExtended> moving = ProgressRules.extension(decisions, event);
        return moving.isPresent() ? decisions.decide(moving.get())
                : settle(decisions.decide(event), event.getRunId());
    }

    static Decisions published(Decisions decisions, AdapterPublished event) {
        Optional<Run> run = decisions.state().run(event.getRunId())
                .filter(known -> isAwaited(known, event.getVersion()));
        if (run.isEmpty()) {
            return decisions;
        }
        int elements = run.get().versions().map(ModelVersions::adapterElements)
                .or(() -> run.get().in(Phase.Compressing.class).flatMap(Phase.Compressing::cut)
                        .map(cut -> cut.getAdapterElements()))
                .orElse(event.getElements());
        if (elements != event.getElements()) {
            return Flow.fail(decisions, event.getRunId(), "adapter version " + event.getVersion() + " has "
                    + event.getElements() + " elements, the model was cut for " + elements);
        }
        decisions.decide(event);
        return Flow.afterAdapter(decisions, event.getRunId());
    }

    /** Nothing else will come of the version: the same records give the same refusal. */
    static Decisions adapterRefused(Decisions decisions, AdapterRefused event) {
        boolean awaited = decisions.state().run(event.getRunId())
                .filter(run -> isAwaited(run, event.getVersion())).isPresent();
        return awaited ? Flow.fail(decisions.decide(event), event.getRunId(), "adapter version " + event.getVersion()
                + " cannot be published: " + event.getReason()) : decisions;
    }

    private static boolean isAwaited(Run run, int version) {
        boolean initial = run.in(Phase.Compressing.class)
                .filter(phase -> version == 0 && phase.initial().isEmpty()).isPresent();
        return initial || run.in(Phase.Folding.class)
                .filter(phase -> version == phase.closed().getNewAdapterVersion()).isPresent();
    }

    private static Optional<Phase.RoundOpen> open(Decisions decisions, String runId, int round) {
        return decisions.state().phase(runId, Phase.RoundOpen.class)
                .filter(open -> open.opened().getRound() == round);
    }

    /**
     * Closes the round if it is time to, or sees to what it lacks. Asked after everything that may change that: an
     * update, a failure, the deadline, or a client that joins a round which lacks clients.
     */
    static Decisions settle(Decisions decisions, String runId) {
        Run run = decisions.run(runId);
        Phase.RoundOpen round = run.in(Phase.RoundOpen.class).orElseThrow();
        boolean allIn = round.awaited().isEmpty();
        boolean hopeless = round.accepted().size() + round.awaited().size() < round.opened().getQuorum();
        if (!allIn && !hopeless && !round.expired()) {
            return decisions;
        }
        Shortfall shortfall = Shortfall.of(run, round);
        return shortfall.isNone()
                ? close(decisions, runId, round, allIn ? CloseReason.ALL_IN : CloseReason.DEADLINE)
                : Reopening.missed(decisions, run, round, shortfall);
    }

    private static Decisions close(Decisions decisions, String runId, Phase.RoundOpen round, CloseReason reason) {
        RoundClosed closed = RoundClosing.of(round, reason);
        if (closed.getCounted().stream().mapToDouble(update -> update.getWeight()).sum() > 0) {
            return decisions.decide(closed);
        }
        return Flow.fail(decisions, runId, "round " + closed.getRound() + ": the updates of "
                + round.accepted().ids() + " weigh nothing by aggregation.weights "
                + closed.getAggregation().getWeights() + "; a client that counts needs records");
    }
}
