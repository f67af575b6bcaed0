package org.fedbiot.aggregator.stream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.fedbiot.schemas.event.DeadLetter;
import org.fedbiot.schemas.event.RejectReason;

/**
 * What this process has said since its start, over all tasks (docs/metrics.md). For people and alerts: nothing is
 * decided by it, and what is said again after a transaction was rolled back is counted again.
 */
final class AggregatorMeters {

    private final MeterRegistry registry;
    private final Map<RejectReason, Counter> rejected = new EnumMap<>(RejectReason.class);
    private final Counter accepted;
    private final Counter published;

    AggregatorMeters(MeterRegistry registry) {
        this.registry = registry;
        this.accepted = Counter.builder("fedbiot.aggregator.accepted")
                .description("updates that this process found good").register(registry);
        this.published = Counter.builder("fedbiot.adapters.published")
                .description("adapter versions that this process completed").register(registry);
        // At 0 from the start: an alert on an increase would miss a first one that came with its series.
        AggregatorTopology.SOURCES.forEach(this::deadLetters);
        for (RejectReason reason : RejectReason.values()) {
            rejected.put(reason, Counter.builder("fedbiot.aggregator.rejected")
                    .description("updates, or what came as one, that this process refused")
                    .tag("reason", reason.name().toLowerCase(Locale.ROOT)).register(registry));
        }
    }

    void accepted() {
        accepted.increment();
    }

    void rejected(RejectReason reason) {
        rejected.get(reason).increment();
    }

    void published() {
        published.increment();
    }

    void deadLetter(DeadLetter letter) {
        deadLetters(letter.getOriginTopic()).increment();
    }

    private Counter deadLetters(String topic) {
        return Counter.builder("fedbiot.dead.letters").tag("topic", topic)
                .description("records that could not be used, by the topic in which they lie").register(registry);
    }
}
