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
        this.accepted = registry.counter("fedbiot.aggregator.accepted");
        this.published = registry.counter("fedbiot.adapters.published");
        for (RejectReason reason : RejectReason.values()) {
            rejected.put(reason, registry.counter("fedbiot.aggregator.rejected", "reason",
                    reason.name().toLowerCase(Locale.ROOT)));
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
        registry.counter("fedbiot.dead.letters", "topic", letter.getOriginTopic()).increment();
    }
}
