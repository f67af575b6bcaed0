package org.fedbiot.coordinator.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.fedbiot.coordinator.CoordinatorState;
import org.fedbiot.coordinator.EvaluatedVersion;
import org.fedbiot.coordinator.Phase;
import org.fedbiot.coordinator.Run;
import org.fedbiot.schemas.event.DeadlineReached;
import org.fedbiot.schemas.event.RunOutcome;

/** What can be read off the state of all runs at once. Pure. */
final class RunGauges {

    /** Every value of {@link #phase}: the phases of a run under way, then the outcomes of one that ended. */
    static final List<String> PHASES = phases();

    private RunGauges() {
    }

    /** The phase's name, for a run that ended its outcome. */
    static String phase(Run run) {
        return run.phase() instanceof Phase.Ended over ? lower(over.ended().getOutcome())
                : name(run.phase().getClass());
    }

    static long inPhase(CoordinatorState state, String phase) {
        return state.runs().values().stream().filter(run -> phase(run).equals(phase)).count();
    }

    /**
     * How many of the clients that are still awaited may fail before the round that is worst off misses its quorum;
     * below 0 where it cannot reach it any more. Empty where no round is open.
     */
    static OptionalLong quorumMargin(CoordinatorState state) {
        return underWay(state).flatMap(run -> run.in(Phase.RoundOpen.class).stream())
                .mapToLong(round -> round.accepted().size() + round.awaited().size() - round.opened().getQuorum())
                .min();
    }

    /** Updates that the open round which is furthest from its quorum still lacks for it. Empty where none is open. */
    static OptionalLong quorumMissing(CoordinatorState state) {
        return underWay(state).flatMap(run -> run.in(Phase.RoundOpen.class).stream())
                .mapToLong(round -> Math.max(0, round.opened().getQuorum() - round.accepted().size()))
                .max();
    }

    /** Server tasks that runs wait for: in some worker's hand, or in nobody's. */
    static long openTasks(CoordinatorState state) {
        return underWay(state).filter(run -> run.phase().taskId().isPresent()).count();
    }

    /** Milliseconds since the epoch; empty where nothing waits for a time. */
    static OptionalLong nearestDeadline(CoordinatorState state) {
        return state.deadlines().stream().mapToLong(DeadlineReached::getDeadlineMillis).min();
    }

    /**
     * The newest score of the full model with the adapter over the best one of the same run, for the run under way that
     * is worst off: 1 while every evaluation is the best yet. Empty where none was evaluated.
     */
    static OptionalDouble evaluationDivergence(CoordinatorState state) {
        return underWay(state).filter(run -> !run.evaluated().isEmpty())
                .mapToDouble(run -> last(run.evaluated()).adapFuNll() / best(run.evaluated()))
                .filter(ratio -> !Double.isNaN(ratio))
                .max();
    }

    static Stream<Run> underWay(CoordinatorState state) {
        return state.runs().values().stream().filter(run -> !run.isEnded());
    }

    private static EvaluatedVersion last(List<EvaluatedVersion> evaluated) {
        return evaluated.get(evaluated.size() - 1);
    }

    private static double best(List<EvaluatedVersion> evaluated) {
        return evaluated.stream().mapToDouble(EvaluatedVersion::adapFuNll).filter(nll -> !Double.isNaN(nll)).min()
                .orElse(Double.NaN);
    }

    private static List<String> phases() {
        List<String> names = new ArrayList<>();
        for (Class<?> phase : Phase.class.getPermittedSubclasses()) {
            if (phase != Phase.Ended.class) {
                names.add(name(phase));
            }
        }
        for (RunOutcome outcome : RunOutcome.values()) {
            names.add(lower(outcome));
        }
        return List.copyOf(names);
    }

    private static String name(Class<?> phase) {
        return phase.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
