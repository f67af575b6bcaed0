package org.fedbiot.coordinator;

import java.util.List;
import java.util.Optional;
import org.fedbiot.schemas.event.RunAccepted;
import org.fedbiot.schemas.event.RunCancelRequested;
import org.fedbiot.schemas.event.RunDeleteRequested;
import org.fedbiot.schemas.event.RunDeleted;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.event.RunRefused;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.RunSubmitted;

/** How a run begins, and how operators end it. */
final class RunRules {

    private RunRules() {
    }

    static Decisions submitted(Decisions decisions, RunSubmitted event) {
        RunSpec spec = event.getSpec();
        Optional<Run> sameId = decisions.state().run(spec.getRunId());
        if (sameId.isPresent()) {
            // The same submit again is a repeat; another one must not hide behind the first.
            return sameId.get().spec().equals(spec) ? decisions : refuse(decisions, spec,
                    "runId: " + spec.getRunId() + " is taken by another run; choose another");
        }
        Optional<String> refusal = SpecCheck.refusal(spec, decisions.state())
                .or(() -> ForkRules.refusal(spec, decisions.state()));
        if (refusal.isPresent()) {
            return refuse(decisions, spec, refusal.get());
        }
        List<Integer> before = decisions.state().exposedLayers(spec.getModel().getSha256());
        Exposure exposure = Exposure.of(spec, before);
        Optional<String> exposed = exposure.refusal(spec, before);
        if (exposed.isPresent()) {
            return refuse(decisions, spec, exposed.get());
        }
        return Flow.compress(decisions.decide(
                new RunAccepted(spec.getRunId(), spec, exposure.layers(), exposure.share())), spec.getRunId());
    }

    static Decisions cancelRequested(Decisions decisions, RunCancelRequested event) {
        if (decisions.state().run(event.getRunId()).filter(run -> !run.isEnded()).isEmpty()) {
            return decisions;
        }
        return Flow.end(decisions.decide(event), event.getRunId(), RunOutcome.CANCELLED,
                "cancelled by an operator: " + event.getReason());
    }

    /**
     * Only of a run that is over and of which nothing needs the payloads any more: a fork copies its origin's first.
     * Whether the archive is whole was checked by whoever asks; the log keeps which one it is.
     */
    static Decisions deleteRequested(Decisions decisions, RunDeleteRequested event) {
        if (!event.getArchiveSha256().matches("[0-9a-f]{64}")) {
            throw new UnusableInputException("archiveSha256 of run " + event.getRunId()
                    + " is not 64 lower-case hex digits: '" + event.getArchiveSha256() + "'");
        }
        boolean deletable = decisions.state().run(event.getRunId())
                .filter(run -> run.isEnded() && run.history().deleted().isEmpty())
                .isPresent();
        boolean copied = decisions.state().runs().values().stream().noneMatch(run -> run.spec().getFork() != null
                && event.getRunId().equals(run.spec().getOriginRunId())
                && run.in(Phase.Compressing.class).isPresent());
        return deletable && copied
                ? decisions.decide(new RunDeleted(event.getRunId(), event.getArchiveSha256()))
                : decisions;
    }

    private static Decisions refuse(Decisions decisions, RunSpec spec, String reason) {
        return decisions.decide(new RunRefused(spec.getRunId(), reason));
    }
}
