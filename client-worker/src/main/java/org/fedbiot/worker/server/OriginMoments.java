package org.fedbiot.worker.server;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.ForkPoint;
import org.fedbiot.schemas.event.ServerMoment;
import org.fedbiot.schemas.event.ServerOptimiser;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.integrity.ShardPlan;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;
import org.fedbiot.worker.version.KafkaPayloadLog;
import org.fedbiot.worker.version.PayloadLog;
import org.fedbiot.worker.version.PayloadMissingException;

/**
 * What the origin's server optimiser had kept by the adapter version that a fork starts from, so that the fork folds on
 * as the origin did. Nothing names these records, so their topic is read from its beginning: it holds no more than the
 * versions of runs with a server optimiser. Of several records of one moment the first that fits is taken, as the
 * aggregator does. One thread at a time.
 */
public final class OriginMoments implements AutoCloseable {

    private record Slot(int shard, int moment) {
    }

    private final PayloadLog log;

    public OriginMoments(KafkaSettings settings, String clientId) {
        this(new KafkaPayloadLog(settings, clientId + "-server-moments", Topics.SERVER_MOMENT));
    }

    OriginMoments(PayloadLog log) {
        this.log = log;
    }

    /**
     * The moments under the fork's own id, as of its version 0; none where the fork has no server optimiser, or another
     * one, which starts anew.
     *
     * @param own settings of the fork
     * @param elements of the adapter
     * @throws PayloadMissingException if the origin lacks one, or none under its key is what it must be
     * @throws InterruptedException if the thread is interrupted while it reads
     */
    public List<ServerMoment> read(String originRunId, ForkPoint fork, String runId, AggregationSettings own,
            int elements) throws InterruptedException {
        ServerOptimiser optimiser = fork.getServerOptimiser();
        if (optimiser == ServerOptimiser.NONE || optimiser != own.getServerOptimiser()) {
            return List.of();
        }
        Search search = new Search(originRunId, fork, new ShardPlan(elements, own.getShardBytes()));
        log.readAll(search::take);
        return search.all().stream()
                .map(moment -> ServerMoment.newBuilder(moment).setRunId(runId).setVersion(0).build()).toList();
    }

    @Override
    public void close() {
        log.close();
    }

    /** One pass over the topic. */
    private static final class Search {

        private final String runId;
        private final int version;
        private final ServerOptimiser optimiser;
        private final ShardPlan plan;
        private final Map<Slot, ServerMoment> found = new HashMap<>();
        private final Map<Slot, String> unfit = new HashMap<>();

        Search(String runId, ForkPoint fork, ShardPlan plan) {
            this.runId = runId;
            this.version = fork.getAdapterVersion();
            this.optimiser = fork.getServerOptimiser();
            this.plan = plan;
        }

        boolean take(ConsumerRecord<String, SpecificRecord> record) {
            if (record.value() instanceof ServerMoment moment && moment.getRunId().equals(runId)
                    && moment.getVersion() == version && moment.getShard() >= 0 && moment.getShard() < plan.shards()) {
                Slot slot = new Slot(moment.getShard(), moment.getMoment());
                Optional<String> flaw = flaw(record, moment);
                flaw.ifPresentOrElse(text -> unfit.putIfAbsent(slot, text), () -> found.putIfAbsent(slot, moment));
            }
            return true;
        }

        private Optional<String> flaw(ConsumerRecord<String, SpecificRecord> record, ServerMoment moment) {
            int partition = plan.partition(moment.getShard());
            int bytes = (plan.end(moment.getShard()) - plan.start(moment.getShard())) * Float.BYTES;
            String sha256 = Sha256.of(moment.getData());
            boolean fits = record.partition() == partition && moment.getData().remaining() == bytes
                    && sha256.equals(moment.getSha256());
            return fits ? Optional.empty() : Optional.of(("topic %s, partition %d, offset %d has %d bytes with sha256"
                    + " %s under its key; it must be %d with sha256 %s, in partition %d").formatted(record.topic(),
                    record.partition(), record.offset(), moment.getData().remaining(), sha256, bytes,
                    moment.getSha256(), partition));
        }

        List<ServerMoment> all() {
            List<ServerMoment> all = new ArrayList<>();
            int moments = get(new Slot(0, 0)).getMoments();
            for (int shard = 0; shard < plan.shards(); shard++) {
                for (int moment = 0; moment < moments; moment++) {
                    all.add(get(new Slot(shard, moment)));
                }
            }
            return all;
        }

        private ServerMoment get(Slot slot) {
            return Optional.ofNullable(found.get(slot)).orElseThrow(() -> new PayloadMissingException(
                    ("run %s, adapter version %d: moment %d of shard %d of its server optimiser %s cannot be gone on from:"
                            + " %s; fork from an archive of the run that has it, restored into another directory, or with"
                            + " --set aggregation.serverOptimiser set to another one, which starts anew")
                            .formatted(runId, version, slot.moment(), slot.shard(), optimiser,
                                    unfit.getOrDefault(slot, missing(slot)))));
        }

        private String missing(Slot slot) {
            return "topic " + Topics.SERVER_MOMENT.name() + " has no record "
                    + EventKeys.moment(runId, version, slot.shard(), slot.moment())
                    + ", as where an older release folded";
        }
    }
}
