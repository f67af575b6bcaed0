package org.fedbiot.worker.server;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.fedbiot.schemas.client.EventProducer;
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
 * Copies what the origin's server optimiser had kept by the adapter version that a fork starts from, so that the fork
 * folds on as the origin did. Nothing names these records, so their topic is read from its beginning: once for a fork,
 * and it holds no more than the versions of runs with a server optimiser. One thread at a time.
 */
final class OriginMoments implements AutoCloseable {

    /** Starts to send to the topic of moments. */
    @FunctionalInterface
    interface Sender {

        void send(int partition, String key, ServerMoment moment);
    }

    private record Slot(int shard, int moment) {
    }

    private final Sender sender;
    private final PayloadLog log;

    OriginMoments(KafkaSettings settings, String clientId, EventProducer producer) {
        this((partition, key, moment) -> producer.send(Topics.SERVER_MOMENT, partition, key, moment),
                new KafkaPayloadLog(settings, clientId + "-server-moments", Topics.SERVER_MOMENT));
    }

    OriginMoments(Sender sender, PayloadLog log) {
        this.sender = sender;
        this.log = log;
    }

    /**
     * Starts to send the copies, which come before adapter version 0's manifest can; sends nothing where the fork has
     * no server optimiser, or another one, which starts anew.
     *
     * @param own settings of the fork
     * @param elements of the adapter
     * @throws PayloadMissingException if the origin lacks one, or it is not what its hash says
     * @throws InterruptedException if the worker is closed meanwhile
     */
    void copy(String originRunId, ForkPoint fork, String runId, AggregationSettings own, int elements)
            throws InterruptedException {
        ServerOptimiser optimiser = fork.getServerOptimiser();
        if (optimiser == ServerOptimiser.NONE || optimiser != own.getServerOptimiser()) {
            return;
        }
        ShardPlan plan = new ShardPlan(elements, own.getShardBytes());
        Map<Slot, ServerMoment> found = find(originRunId, fork.getAdapterVersion());
        int moments = found.values().stream().mapToInt(ServerMoment::getMoments).max().orElse(1);
        for (int shard = 0; shard < plan.shards(); shard++) {
            for (int moment = 0; moment < moments; moment++) {
                Slot slot = new Slot(shard, moment);
                String key = EventKeys.moment(originRunId, fork.getAdapterVersion(), shard, moment);
                ServerMoment known = Optional.ofNullable(found.get(slot)).orElseThrow(() -> missing(optimiser, key));
                check(known, key, (plan.end(shard) - plan.start(shard)) * Float.BYTES);
                sender.send(plan.partition(shard), EventKeys.moment(runId, 0, shard, moment),
                        ServerMoment.newBuilder(known).setRunId(runId).setVersion(0).build());
            }
        }
    }

    private Map<Slot, ServerMoment> find(String runId, int version) throws InterruptedException {
        Map<Slot, ServerMoment> found = new HashMap<>();
        log.readAll(record -> {
            if (record.value() instanceof ServerMoment moment && moment.getRunId().equals(runId)
                    && moment.getVersion() == version) {
                found.putIfAbsent(new Slot(moment.getShard(), moment.getMoment()), moment);
            }
            return true;
        });
        return found;
    }

    private static PayloadMissingException missing(ServerOptimiser optimiser, String key) {
        return new PayloadMissingException(("the %s moments of the run that is forked are not in topic %s: %s is not"
                + " there, as where an older release folded; fork it with --set aggregation.serverOptimiser set to"
                + " another one, which starts anew").formatted(optimiser, Topics.SERVER_MOMENT.name(), key));
    }

    private static void check(ServerMoment moment, String key, int bytes) {
        String sha256 = Sha256.of(moment.getData());
        if (!sha256.equals(moment.getSha256()) || moment.getData().remaining() != bytes) {
            throw new PayloadMissingException("topic %s, key %s: %d bytes with hash %s, it must be %d with hash %s"
                    .formatted(Topics.SERVER_MOMENT.name(), key, moment.getData().remaining(), sha256, bytes,
                            moment.getSha256()));
        }
    }

    @Override
    public void close() {
        log.close();
    }
}
