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
 * What the coordinator shows of all runs (docs/metrics.md): gauges read off the committed state, and counts of what
 * this process has decided. No run or client is ever a label: their number is open. Written by the coordinator's thread,
 * read by whoever scrapes.
 */
final class CoordinatorMeters {

    private static final Duration[] ROUND_BOUNDS = {Duration.ofSeconds(1), Duration.ofSeconds(10),
        Duration.ofMinutes(1), Duration.ofMinutes(5), Duration.ofMinutes(15), Duration.ofHours(1), Duration.ofHours(4)};

    private static final double MILLIS_PER_SECOND = 1_000;

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
        this.accepted = Counter.builder("fedbiot.updates.accepted")
                .description("updates that the coordinator took down as good").register(registry);
        this.rounds = Timer.builder("fedbiot.round.duration")
                .description("from the opening of the attempt that closed")
                .serviceLevelObjectives(ROUND_BOUNDS).register(registry);
        for (RejectReason reason : RejectReason.values()) {
            rejected.put(reason, Counter.builder("fedbiot.updates.rejected")
                    .description("updates that do not count").tag("reason", lower(reason)).register(registry));
        }
        for (String attempt : new String[] {"first", "again"}) {
            opened(attempt);
        }
        for (CloseReason reason : CloseReason.values()) {
            closed(reason);
        }
        // At 0 from the start: an alert on an increase would miss a first one that came with its series.
        InputReader.topics().forEach(this::deadLetters);
        showRuns();
        showLearning();
    }

    private void showRuns() {
        gauge("fedbiot.coordinator.deciding", "1 for the coordinator that decides, 0 for one that stands by",
                Tags.empty(), meters -> meters.standing == Standing.DECIDING ? 1 : 0);
        for (String phase : RunGauges.PHASES) {
            gauge("fedbiot.runs", "runs by phase, those that ended by outcome", Tags.of("phase", phase),
                    meters -> RunGauges.inPhase(meters.state, phase));
        }
        gauge("fedbiot.round.quorum.margin", "how many awaited clients may fail before the open round that is worst"
                + " off misses its quorum; NaN with none open", Tags.empty(),
                meters -> orNaN(RunGauges.quorumMargin(meters.state)));
        gauge("fedbiot.round.quorum.missing", "updates that the open round which is furthest from its quorum still"
                + " lacks for it; NaN with none open", Tags.empty(), meters -> orNaN(RunGauges.quorumMissing(meters.state)));
        gauge("fedbiot.server.tasks.open", "server tasks that runs wait for, in a worker's hand or in nobody's",
                Tags.empty(), meters -> RunGauges.openTasks(meters.state));
        gauge("fedbiot.deadline.remaining", "seconds",
                "until the nearest deadline, below 0 once it passed; NaN where nothing waits for a time",
                Tags.empty(), CoordinatorMeters::secondsToDeadline);
        gauge("fedbiot.run.progress.timestamp", "seconds", "when the run under way that was silent for longest was last"
                + " heard of, since the epoch; NaN with none", Tags.empty(),
                meters -> meters.pulse.oldestMillis(meters.state) / MILLIS_PER_SECOND);
    }

    private void showLearning() {
        gauge("fedbiot.training.loss", "clients' mean loss in the last round that closed", Tags.empty(),
                meters -> meters.trend.loss());
        gauge("fedbiot.training.divergence.ratio", "last round's training loss over the lowest of the same run, for the"
                + " run under way that is worst off; since this process decides", Tags.empty(),
                meters -> meters.trend.divergence());
        gauge("fedbiot.evaluation.divergence.ratio", "newest NLL of the full model with the adapter over the lowest of"
                + " the same run, for the run under way that is worst off", Tags.empty(),
                meters -> orNaN(RunGauges.evaluationDivergence(meters.state)));
        String alignmentLoss = "on held-out public records, before and after the last alignment";
        gauge("fedbiot.alignment.loss", alignmentLoss, Tags.of("moment", "before"),
                meters -> meters.alignment == null ? Double.NaN : meters.alignment.getBefore().getLoss());
        gauge("fedbiot.alignment.loss", alignmentLoss, Tags.of("moment", "after"),
                meters -> meters.alignment == null ? Double.NaN : meters.alignment.getAfter().getLoss());
        for (EvaluatedModel model : EvaluatedModel.values()) {
            gauge("fedbiot.evaluation.nll", "the owner's last evaluation: mean negative log-likelihood per reply token",
                    Tags.of("model", lower(model)), meters -> meters.score(model));
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
        deadLetters(letter.getOriginTopic()).increment();
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
        return deadline.isEmpty() ? Double.NaN : (deadline.getAsLong() - clock.millis()) / MILLIS_PER_SECOND;
    }

    private Counter deadLetters(String topic) {
        return Counter.builder("fedbiot.dead.letters").tag("topic", topic)
                .description("records that could not be used, by the topic in which they lie").register(registry);
    }

    private Counter opened(String attempt) {
        return Counter.builder("fedbiot.rounds.opened").description("rounds opened for the first time, or again")
                .tag("attempt", attempt).register(registry);
    }

    private Counter closed(CloseReason reason) {
        return Counter.builder("fedbiot.rounds.closed").description("rounds closed, with a new adapter version")
                .tag("reason", lower(reason)).register(registry);
    }

    private void gauge(String name, String meaning, Tags tags, ToDoubleFunction<CoordinatorMeters> value) {
        gauge(name, null, meaning, tags, value);
    }

    /** Strongly held: the registry outlives the coordinator's loop. */
    private void gauge(String name, String unit, String meaning, Tags tags,
            ToDoubleFunction<CoordinatorMeters> value) {
        Gauge.builder(name, this, value).baseUnit(unit).description(meaning).tags(tags).strongReference(true)
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
