package org.fedbiot.worker;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.fedbiot.schemas.event.TaskKind;
import org.fedbiot.schemas.topic.Role;
import org.fedbiot.schemas.topic.Topics;

/**
 * What the workers of a process show of their work (docs/metrics.md), all of them together. The kinds of work are a
 * closed set; no run and no client is a label. The clock stamps the last progress for people and alerts, nothing is
 * decided by it.
 */
public final class WorkMeters {

    /** A client's round. */
    public static final String TRAIN = "train";

    /** A client's evaluation of its own held-out text. */
    public static final String SCORE = "score";

    private static final Duration[] TASK_BOUNDS = {Duration.ofSeconds(1), Duration.ofSeconds(10),
        Duration.ofMinutes(1), Duration.ofMinutes(5), Duration.ofMinutes(15), Duration.ofHours(1), Duration.ofHours(4)};

    private final MeterRegistry registry;
    private final Map<String, AtomicInteger> running = new ConcurrentHashMap<>();
    private final Map<String, Double> losses = new ConcurrentHashMap<>();
    private final Counter received;
    private final Counter bootstrap;
    private volatile double progressSeconds = Double.NaN;

    private WorkMeters(MeterRegistry registry, ComputeGate gate, List<String> kinds) {
        this.registry = Objects.requireNonNull(registry, "registry");
        for (String kind : kinds) {
            running.put(kind, new AtomicInteger());
            Gauge.builder("fedbiot.tasks.running", running.get(kind), AtomicInteger::get).tag("kind", kind)
                    .description("pieces of work that this process has in hand").register(registry);
            Gauge.builder("fedbiot.task.loss", losses, all -> all.getOrDefault(kind, Double.NaN)).tag("kind", kind)
                    .description("loss of the last step that was reported; in evaluation the mean NLL so far")
                    .register(registry);
            for (Outcome outcome : Outcome.values()) {
                timer(kind, outcome);
            }
        }
        Gauge.builder("fedbiot.task.progress.timestamp", this, meters -> meters.progressSeconds).baseUnit("seconds")
                .description("when work last moved, since the epoch; NaN before any").strongReference(true)
                .register(registry);
        Gauge.builder("fedbiot.compute.cores", gate, ComputeGate::cores)
                .description("cores that work of this process may take").register(registry);
        Gauge.builder("fedbiot.compute.cores.in.use", gate, ComputeGate::coresInUse)
                .description("cores that work of this process has taken").register(registry);
        this.received = Counter.builder("fedbiot.transferred").baseUnit("bytes").tag("direction", "down")
                .description("keys and values of events: up what was sent and acknowledged, down what clients fetched"
                        + " for rounds")
                .register(registry);
        this.bootstrap = Counter.builder("fedbiot.bootstrap").baseUnit("bytes")
                .description("keys and values of compressed models that were fetched because they were not here")
                .register(registry);
    }

    /** Of a server worker, whose kinds of work are those of server tasks. */
    public static WorkMeters ofServer(MeterRegistry registry, ComputeGate gate) {
        WorkMeters meters =
                new WorkMeters(registry, gate, Arrays.stream(TaskKind.values()).map(WorkMeters::kind).toList());
        // At 0 from the start: an alert on an increase would miss a first one that came with its series.
        Topics.ALL.stream().filter(topic -> topic.readers().contains(Role.SERVER_WORKER))
                .forEach(topic -> meters.deadLetters(topic.name()));
        return meters;
    }

    /** Of the clients of a process: one, or several in a simulation. */
    public static WorkMeters ofClients(MeterRegistry registry, ComputeGate gate) {
        return new WorkMeters(registry, gate, List.of(TRAIN, SCORE));
    }

    /** Where nobody measures. */
    public static MeterRegistry nobody() {
        return new CompositeMeterRegistry();
    }

    /** For Kafka's own metrics of what the workers connect with. */
    public MeterRegistry registry() {
        return registry;
    }

    /** A server task's kind as a label. */
    public static String kind(TaskKind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    public Work begin(String kind) {
        moved();
        return new Work(kind);
    }

    /** A step of work was done. */
    public void progressed(String kind, double loss) {
        losses.put(kind, loss);
        moved();
    }

    /** Work that has no steps to count goes on. */
    public void moved() {
        progressSeconds = System.currentTimeMillis() / (double) TimeUnit.SECONDS.toMillis(1);
    }

    /** Bytes of keys and values fetched for a round. */
    public void received(long bytes) {
        received.increment(bytes);
    }

    /** Bytes of keys and values fetched for a compressed model that was not here. */
    public void bootstrapped(long bytes) {
        bootstrap.increment(bytes);
    }

    public void deadLetter(String topic) {
        deadLetters(topic).increment();
    }

    private Counter deadLetters(String topic) {
        return Counter.builder("fedbiot.dead.letters").tag("topic", topic)
                .description("records that could not be used, by the topic in which they lie").register(registry);
    }

    private Timer timer(String kind, Outcome outcome) {
        return Timer.builder("fedbiot.task.duration").description("work that ended here").tag("kind", kind)
                .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                .serviceLevelObjectives(TASK_BOUNDS).register(registry);
    }

    private enum Outcome {
        COMPLETED, FAILED
    }

    /** One piece of work; closed without an outcome it was left for another to do. */
    public final class Work implements AutoCloseable {

        private final String kind;
        private final Timer.Sample start = Timer.start(registry);

        private Work(String kind) {
            this.kind = kind;
            running.get(kind).incrementAndGet();
        }

        public void completed() {
            start.stop(timer(kind, Outcome.COMPLETED));
        }

        public void failed() {
            start.stop(timer(kind, Outcome.FAILED));
        }

        @Override
        public void close() {
            running.get(kind).decrementAndGet();
        }
    }
}
