package org.fedbiot.coordinator.runtime;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.coordinator.CoordinatorState;
import org.fedbiot.coordinator.Phase;
import org.fedbiot.schemas.event.AlignmentResult;
import org.fedbiot.schemas.event.CloseReason;
import org.fedbiot.schemas.event.DeadLetter;
import org.fedbiot.schemas.event.EvaluatedModel;
import org.fedbiot.schemas.event.ModelScore;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateRejected;

/**
 * What the coordinator shows of all runs (docs/metrics.md): gauges read off the committed state, and counts of what this
 * process has decided. No run or client is ever a label: their number is open. Written by the coordinator's thread,
 * read by whoever scrapes.
 */
final class CoordinatorMeters {

    private static final Duration[] ROUND_BOUNDS = {Duration.ofSeconds(1), Duration.ofSeconds(10),
        Duration.ofMinutes(1), Duration.ofMinutes(5), Duration.ofMinutes(15), Duration.ofHours(1), Duration.ofHours(4)};

    private final MeterRegistry registry;
    private final Clock clock;
    private final RunPulse pulse = new RunPulse();
    private final TrainingTrend trend = new TrainingTrend();
    private final Map<RejectReason, Counter> rejected = new EnumMap<>(RejectReason.class);
    private final Map<EvaluatedModel, Double> scores = new EnumMap<>(EvaluatedModel.class);
    private final Counter accepted;
    private final Timer rounds;
    private volatile CoordinatorState state = CoordinatorState.initial();
    private volatile Standing standing = Standing.STARTING;
    private volatile AlignmentResult alignment;

    CoordinatorMeters(MeterRegistry registry, Clock clock) {
        this.registry = registry;
        this.clock = clock;
        this.accepted = registry.counter("fedbiot.updates.accepted");
        this.rounds = Timer.builder("fedbiot.round.duration").serviceLevelObjectives(ROUND_BOUNDS).register(registry);
        for (RejectReason reason : RejectReason.values()) {
            rejected.put(reason, registry.counter("fedbiot.updates.rejected", "reason", lower(reason)));
        }
        for (String attempt : new String[] {"first", "again"}) {
            opened(attempt);
        }
        for (CloseReason reason : CloseReason.values()) {
            closed(reason);
        }
        gauge("fedbiot.coordinator.deciding", "", Tags.empty(), meters -> meters.standing == Standing.DECIDING ? 1 : 0);
        for (String phase : RunGauges.PHASES) {
            gauge("fedbiot.runs", "", Tags.of("phase", phase), meters -> RunGauges.inPhase(meters.state, phase));
        }
        gauge("fedbiot.round.quorum.margin", "", Tags.empty(), meters -> orNaN(RunGauges.quorumMargin(meters.state)));
        gauge("fedbiot.deadline.remaining", "seconds", Tags.empty(), CoordinatorMeters::secondsToDeadline);
        gauge("fedbiot.run.progress.timestamp", "seconds", Tags.empty(),
                meters -> meters.pulse.oldestMillis(meters.state) / 1000.0);
        gauge("fedbiot.training.loss", "", Tags.empty(), meters -> meters.trend.loss());
        gauge("fedbiot.training.divergence.ratio", "", Tags.empty(), meters -> meters.trend.divergence());
        gauge("fedbiot.evaluation.divergence.ratio", "", Tags.empty(),
                meters -> orNaN(RunGauges.evaluationDivergence(meters.state)));
        gauge("fedbiot.alignment.loss", "", Tags.of("moment", "before"),
                meters -> meters.alignment == null ? Double.NaN : meters.alignment.getBefore().getLoss());
        gauge("fedbiot.alignment.loss", "", Tags.of("moment", "after"),
                meters -> meters.alignment == null ? Double.NaN : meters.alignment.getAfter().getLoss());
        for (EvaluatedModel model : EvaluatedModel.values()) {
            gauge("fedbiot.evaluation.nll", "", Tags.of("model", lower(model)), meters -> meters.score(model));
        }
    }

    MeterRegistry registry() {
        return registry;
    }

    void standing(Standing now) {
        this.standing = now;
    }

    /** What the log said when this process began to decide: what was decided before is shown, not counted again. */
    void begin(CoordinatorState read) {
        pulse.begin(read, clock.millis());
        this.state = read;
    }

    /** A sign of life of a run, whether or not anything was decided upon it. */
    void heard(SpecificRecord input) {
        pulse.heard(state, input, clock.millis());
    }

    /**
     * A decision that was committed.
     *
     * @param before the state that it was taken in
     */
    void decided(CoordinatorState before, SpecificRecord decision) {
        pulse.decided(decision, clock.millis());
        if (decision instanceof RoundOpened round) {
            opened(round.getAttempt() > 1 ? "again" : "first").increment();
        } else if (decision instanceof RoundClosed round) {
            closed(round.getReason()).increment();
            before.phase(round.getRunId(), Phase.RoundOpen.class).ifPresent(open -> {
                rounds.record(clock.millis() - startMillis(before, open), TimeUnit.MILLISECONDS);
                trend.closed(open, round);
            });
        } else if (decision instanceof UpdateAccepted) {
            accepted.increment();
        } else if (decision instanceof UpdateRejected update) {
            rejected.get(update.getReason()).increment();
        } else if (decision instanceof ServerTaskCompleted task) {
            completed(task);
        }
    }

    void deadLetter(DeadLetter letter) {
        registry.counter("fedbiot.dead.letters", "topic", letter.getOriginTopic()).increment();
    }

    /** All that is committed. */
    void show(CoordinatorState committed) {
        this.state = committed;
        trend.keep(committed);
        pulse.keep(committed);
    }

    private void completed(ServerTaskCompleted task) {
        if (task.getAlignment() != null) {
            alignment = task.getAlignment();
        }
        if (task.getEvaluation() != null) {
            synchronized (scores) {
                scores.clear();
                for (ModelScore score : task.getEvaluation().getScores()) {
                    scores.put(score.getModel(), score.getNll());
                }
            }
        }
    }

    /** When the attempt that closed was opened. */
    private static long startMillis(CoordinatorState before, Phase.RoundOpen open) {
        return open.opened().getDeadlineMillis() - before.run(open.opened().getRunId()).orElseThrow().spec()
                .getFederation().getDeadlineMillis();
    }

    private double score(EvaluatedModel model) {
        synchronized (scores) {
            return scores.getOrDefault(model, Double.NaN);
        }
    }

    private double secondsToDeadline() {
        OptionalLong deadline = RunGauges.nearestDeadline(state);
        return deadline.isEmpty() ? Double.NaN : (deadline.getAsLong() - clock.millis()) / 1000.0;
    }

    private Counter opened(String attempt) {
        return registry.counter("fedbiot.rounds.opened", "attempt", attempt);
    }

    private Counter closed(CloseReason reason) {
        return registry.counter("fedbiot.rounds.closed", "reason", lower(reason));
    }

    private void gauge(String name, String unit, Tags tags, ToDoubleFunction<CoordinatorMeters> value) {
        Gauge.builder(name, this, value).baseUnit(unit.isEmpty() ? null : unit).tags(tags).strongReference(true)
                .register(registry);
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static double orNaN(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : Double.NaN;
    }

    private static double orNaN(OptionalDouble value) {
        return value.orElse(Double.NaN);
    }
}
