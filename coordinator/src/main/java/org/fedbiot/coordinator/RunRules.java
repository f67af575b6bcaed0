package org.fedbiot.coordinator;

import java.util.List;
import java.util.Optional;
import org.fedbiot.schemas.event.RunAccepted;
import org.fedbiot.schemas.event.RunCancelRequested;
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
        Optional<String> refusal = SpecCheck.refusal(spec, decisions.state());
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

    private static Decisions refuse(Decisions decisions, RunSpec spec, String reason) {
        return decisions.decide(new RunRefused(spec.getRunId(), reason));
    }
}
