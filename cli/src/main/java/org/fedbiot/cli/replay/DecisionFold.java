package org.fedbiot.cli.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.coordinator.Coordinator;
import org.fedbiot.coordinator.CoordinatorState;
import org.fedbiot.coordinator.Phase;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.EvaluationResult;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunAccepted;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.UpdateAccepted;

/** Folds a run's decisions as the coordinator does, and takes down what happened and what does not follow. */
final class DecisionFold {

    private final Consumer<Finding> findings;
    private final List<RoundHistory> rounds = new ArrayList<>();
    private final List<RoundOpened> openings = new ArrayList<>();
    private final List<EvaluationResult> evaluations = new ArrayList<>();
    private CoordinatorState state = CoordinatorState.initial();
    private RunSpec spec;
    private AdapterPublished initial;
    private RunEnded ended;

    private DecisionFold(Consumer<Finding> findings) {
        this.findings = findings;
    }

    /**
     * The history up to the first decision that does not fold, which is a finding.
     *
     * @return empty if not even the run's acceptance is there
     */
    static Optional<RunHistory> of(List<Located<SpecificRecord>> decisions, Consumer<Finding> findings) {
        DecisionFold fold = new DecisionFold(findings);
        for (Located<SpecificRecord> decision : decisions) {
            if (!fold.add(decision)) {
                break;
            }
        }
        return Optional.ofNullable(fold.spec).map(spec -> new RunHistory(spec, Optional.ofNullable(fold.initial),
                fold.rounds, fold.evaluations, Optional.ofNullable(fold.ended)));
    }

    private boolean add(Located<SpecificRecord> decision) {
        SpecificRecord event = decision.event();
        if (event instanceof RoundClosed close) {
            closed(new Located<>(close, decision.place()));
        } else if (event instanceof AdapterPublished published) {
            published(published, decision.place());
        }
        try {
            state = Coordinator.apply(state, event);
        } catch (IllegalStateException e) {
            int round = rounds.isEmpty() ? 0 : rounds.get(rounds.size() - 1).number();
            findings.accept(Finding.hole(round, decision.place() + ": " + e.getMessage()));
            return false;
        }
        if (event instanceof RunAccepted accepted) {
            spec = accepted.getSpec();
        } else if (event instanceof RoundOpened opening) {
            openings.add(opening);
        } else if (event instanceof ServerTaskCompleted task && task.getEvaluation() != null) {
            evaluations.add(task.getEvaluation());
        } else if (event instanceof RunEnded end) {
            ended(end, decision.place());
        }
        return true;
    }

    /** Before it is applied: what the round knew at that moment is what its close follows from. */
    private void closed(Located<RoundClosed> close) {
        int number = close.event().getRound();
        state.phase(close.event().getRunId(), Phase.RoundOpen.class).ifPresent(round -> {
            CloseCheck.problems(round, close.event()).forEach(problem -> findings.accept(
                    Finding.brokenRule(number, close.place() + ": " + problem)));
            Map<String, UpdateAccepted> accepted = round.accepted().values().stream()
                    .collect(Collectors.toMap(UpdateAccepted::getClientId, Function.identity()));
            rounds.add(new RoundHistory(openings, accepted, close, Optional.empty()));
            openings.clear();
        });
    }

    private void published(AdapterPublished published, Place place) {
        if (published.getVersion() == 0) {
            initial = published;
            return;
        }
        int last = rounds.size() - 1;
        int due = last < 0 ? 0 : rounds.get(last).closed().event().getNewAdapterVersion();
        if (last < 0 || due != published.getVersion()) {
            findings.accept(Finding.brokenRule(published.getRound(), place + ": adapter version "
                    + published.getVersion() + " is recorded where version " + due + " was due"));
            return;
        }
        rounds.set(last, rounds.get(last).with(published));
    }

    private void ended(RunEnded end, Place place) {
        ended = end;
        int due = spec.getFederation().getRounds();
        long done = rounds.stream().filter(round -> round.published().isPresent()).count();
        if (end.getOutcome() == RunOutcome.COMPLETED && done < due) {
            findings.accept(Finding.hole((int) done + 1, place + ": the run ended COMPLETED after " + due
                    + " rounds, the log has " + done));
        }
    }
}
