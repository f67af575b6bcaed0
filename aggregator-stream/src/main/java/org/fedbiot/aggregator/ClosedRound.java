package org.fedbiot.aggregator;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.fedbiot.schemas.event.AggregationRule;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.integrity.ShardPlan;

/** A round's close, checked: exactly these updates count, by hash, in client-id order. */
public final class ClosedRound {

    /** Dropped at each end: with half or more, no update would be left. */
    private static final double MAX_TRIM_SHARE = 0.5;

    private final RoundClosed event;
    private final ShardPlan cut;
    private final Map<String, CountedUpdate> counted;

    private ClosedRound(RoundClosed event, ShardPlan cut, Map<String, CountedUpdate> counted) {
        this.event = event;
        this.cut = cut;
        this.counted = counted;
    }

    /** @throws IllegalArgumentException if it cannot be folded by; says why */
    public static ClosedRound of(RoundClosed event) {
        ShardPlan cut = new ShardPlan(event.getAdapterElements(), event.getAggregation().getShardBytes());
        if (cut.shards() != event.getAdapterShards()) {
            throw new IllegalArgumentException(event.getAdapterElements() + " elements in shards of "
                    + cut.shardBytes() + " bytes are " + cut.shards() + " shards, not " + event.getAdapterShards());
        }
        checkSettings(event.getAggregation());
        Map<String, CountedUpdate> counted = new LinkedHashMap<>();
        List<CountedUpdate> ordered = event.getCounted().stream()
                .sorted(Comparator.comparing(CountedUpdate::getClientId))
                .toList();
        for (CountedUpdate update : ordered) {
            if (!(update.getWeight() > 0) || Double.isInfinite(update.getWeight())) {
                throw new IllegalArgumentException("client " + update.getClientId()
                        + " must have a positive weight, not " + update.getWeight());
            }
            if (update.getShardSha256().size() != cut.shards()) {
                throw new IllegalArgumentException("client " + update.getClientId() + " is listed with "
                        + update.getShardSha256().size() + " shard hashes, not " + cut.shards());
            }
            if (counted.put(update.getClientId(), update) != null) {
                throw new IllegalArgumentException("client " + update.getClientId() + " is listed twice");
            }
        }
        return new ClosedRound(event, cut, Collections.unmodifiableMap(counted));
    }

    private static void checkSettings(AggregationSettings settings) {
        double share = settings.getTrimShare();
        if (settings.getRule() == AggregationRule.TRIMMED_MEAN && !(share >= 0 && share < MAX_TRIM_SHARE)) {
            throw new IllegalArgumentException("trimShare must be from 0 to below " + MAX_TRIM_SHARE + ", not " + share);
        }
    }

    public RoundClosed event() {
        return event;
    }

    public ShardPlan cut() {
        return cut;
    }

    /** In client-id order. */
    public List<CountedUpdate> counted() {
        return List.copyOf(counted.values());
    }

    /** Added up in client-id order, so that it is one number whatever order the event lists them in. */
    public double weightSum() {
        double sum = 0;
        for (CountedUpdate update : counted.values()) {
            sum += update.getWeight();
        }
        return sum;
    }

    /** Moments that the server optimiser keeps of each shard after this fold. */
    public int moments() {
        return moments(event);
    }

    /** As many, of a close that may not be one to fold by. */
    public static int moments(RoundClosed event) {
        return ServerStep.moments(event.getAggregation().getServerOptimiser());
    }

    /** Moments that must have come with each shard of the base before it can be folded. */
    public static int inheritedMoments(RoundClosed event) {
        return event.getInheritsMoments() ? moments(event) : 0;
    }

    /** Shards of this round that lie in a partition. */
    public List<Integer> shardsOf(int partition, int partitions) {
        return IntStream.range(0, cut.shards()).filter(shard -> shard % partitions == partition).boxed().toList();
    }

    public boolean counts(String clientId, String updateSha256) {
        return update(clientId).filter(update -> update.getUpdateSha256().equals(updateSha256)).isPresent();
    }

    public boolean countsShard(String clientId, int shard, String sha256) {
        return update(clientId)
                .filter(update -> shard < cut.shards())
                .filter(update -> update.getShardSha256().get(shard).equals(sha256)).isPresent();
    }

    private Optional<CountedUpdate> update(String clientId) {
        return Optional.ofNullable(counted.get(clientId));
    }
}
