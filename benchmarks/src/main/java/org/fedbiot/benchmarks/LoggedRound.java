package org.fedbiot.benchmarks;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.fedbiot.aggregator.ClosedRound;
import org.fedbiot.aggregator.ShardFold;
import org.fedbiot.aggregator.ShardScreen;
import org.fedbiot.coordinator.Coordinator;
import org.fedbiot.coordinator.CoordinatorState;
import org.fedbiot.coordinator.Input;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AdapterShard;
import org.fedbiot.schemas.event.AggregationRule;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.ClientKeyRegistered;
import org.fedbiot.schemas.event.CompressionResult;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunCancelRequested;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.RunSubmitted;
import org.fedbiot.schemas.event.ShardRef;
import org.fedbiot.schemas.event.TaskKind;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateManifest;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.integrity.CanonicalBytes;
import org.fedbiot.schemas.integrity.LittleEndian;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.integrity.ShardPlan;
import org.fedbiot.schemas.integrity.SigningKey;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;

/**
 * The log of one round of many clients, in real topics: decided by the coordinator's rules, signed by a key for each
 * client, screened and folded by the aggregator's kernels. Only the updates are noise. One client is in memory at a time.
 */
final class LoggedRound {

    static final String RUN = LongRun.RUN;

    /** 1 MiB of fp32 in two shards. */
    static final ShardPlan CUT = new ShardPlan(256 * 1024, 512 * 1024);

    private final EventProducer producer;
    private final Map<String, SigningKey> keys = new TreeMap<>();
    private final float[] noise = new float[CUT.elements()];
    private CoordinatorState state = CoordinatorState.initial();
    private RoundOpened opened;
    private RoundClosed closed;

    private LoggedRound(EventProducer producer, int clients) {
        this.producer = producer;
        IntStream.range(0, clients).mapToObj(client -> String.format("client-%05d", client))
                .forEach(client -> keys.put(client, SigningKey.generate(client + "-key")));
        Random random = new Random(clients);
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (float) random.nextGaussian();
        }
    }

    /** Writes all of it, up to the run's end. */
    static void write(EventProducer producer, int clients, AggregationRule rule) {
        LoggedRound log = new LoggedRound(producer, clients);
        log.keys.forEach((client, key) -> {
            log.decide(new ClientKeyRegistered(client, key.keyId(), ByteBuffer.wrap(key.publicKey())));
            log.decide(LongRun.joined(client));
        });
        RunSpec spec = RunSpec.newBuilder(LongRun.spec(1, List.copyOf(log.keys.keySet())))
                .setAggregation(AggregationSettings.newBuilder().setRule(rule).setShardBytes(CUT.shardBytes()).build())
                .build();
        log.decide(new RunSubmitted(spec));
        log.decide(LongRun.completed("compress", TaskKind.COMPRESS, 0, -1).setCompression(new CompressionResult(
                LongRun.MODEL, Sha256.of(new byte[] {1}), 1L, 1L, 2L, CUT.elements(), CUT.shards(), CUT.elements()))
                .build());
        log.publish(0, log.noise);
        log.keys.keySet().forEach(log::update);
        log.publish(1, log.folded());
        log.decide(new RunCancelRequested(RUN, "one round is all"));
        producer.awaitAll();
    }

    private void decide(SpecificRecord input) {
        for (SpecificRecord decision : Coordinator.decide(state, new Input(input, System.currentTimeMillis()))) {
            state = Coordinator.apply(state, decision);
            producer.send(Topics.DECISION, RUN, decision);
            opened = decision instanceof RoundOpened round ? round : opened;
            closed = decision instanceof RoundClosed round ? round : closed;
        }
    }

    /** Of its own for every client. */
    private float[] difference(String client) {
        int number = client.hashCode() & 0xffff;
        float[] difference = new float[noise.length];
        for (int i = 0; i < difference.length; i++) {
            difference[i] = noise[(i + number) % noise.length] * 1e-6f * (1 + number);
        }
        return difference;
    }

    private void update(String client) {
        SigningKey key = keys.get(client);
        List<ByteBuffer> parts = CUT.cut(difference(client));
        List<String> hashes = parts.stream().map(Sha256::of).toList();
        double squared = 0;
        for (int shard = 0; shard < parts.size(); shard++) {
            UpdateShard.Builder event = UpdateShard.newBuilder().setRunId(RUN).setRound(1).setClientId(client)
                    .setAdapterVersion(0).setAdapterSha256(opened.getAdapterSha256())
                    .setEmulatorVersion(0).setEmulatorSha256(opened.getEmulatorSha256())
                    .setShard(shard).setShards(CUT.shards()).setStart(CUT.start(shard)).setElements(CUT.elements())
                    .setSha256(hashes.get(shard)).setData(parts.get(shard)).setKeyId(key.keyId())
                    .setSignature(ByteBuffer.allocate(0));
            event.setSignature(ByteBuffer.wrap(key.sign(CanonicalBytes.of(event.build()))));
            producer.send(Topics.UPDATE_SHARD, CUT.partition(shard), EventKeys.shard(RUN, 1, client, shard),
                    event.build());
            squared += ShardScreen.screen(event.build(), opened).squaredNorm();
        }
        UpdateManifest.Builder manifest = UpdateManifest.newBuilder().setRunId(RUN).setRound(1).setClientId(client)
                .setBaseSha256(opened.getBaseSha256()).setAdapterVersion(0).setAdapterSha256(opened.getAdapterSha256())
                .setEmulatorVersion(0).setEmulatorSha256(opened.getEmulatorSha256())
                .setDatasetSamples(100).setProcessedSamples(100).setElements(CUT.elements())
                .setShardSha256(hashes).setSha256(Sha256.ofHashes(hashes))
                .setMeanLoss(1).setFirstLoss(1).setLastLoss(1).setKeyId(key.keyId())
                .setSignature(ByteBuffer.allocate(0));
        manifest.setSignature(ByteBuffer.wrap(key.sign(CanonicalBytes.of(manifest.build()))));
        producer.send(Topics.UPDATE_MANIFEST, EventKeys.client(RUN, 1, client), manifest.build());
        decide(new UpdateAccepted(RUN, 1, client, manifest.getSha256(), hashes, 100, 100, Math.sqrt(squared), 1.0, 1.0,
                1.0));
        producer.awaitAll();
    }

    private float[] folded() {
        float[] next = new float[noise.length];
        for (int shard = 0; shard < CUT.shards(); shard++) {
            int start = CUT.start(shard);
            int end = CUT.end(shard);
            float[] values = ShardFold.fold(ClosedRound.of(closed), shard, Arrays.copyOfRange(noise, start, end),
                    Optional.empty(), update -> LittleEndian.bytes(difference(update.getClientId()), start, end))
                    .values();
            System.arraycopy(values, 0, next, start, values.length);
        }
        return next;
    }

    private void publish(int version, float[] values) {
        List<ShardRef> refs = new ArrayList<>();
        for (ByteBuffer data : CUT.cut(values)) {
            int shard = refs.size();
            String sha256 = Sha256.of(data);
            RecordMetadata place = producer.send(Topics.ADAPTER_SHARD, CUT.partition(shard),
                    EventKeys.adapterShard(RUN, version, shard), AdapterShard.newBuilder().setRunId(RUN)
                            .setVersion(version).setRound(version).setShard(shard).setShards(CUT.shards())
                            .setStart(CUT.start(shard)).setElements(CUT.elements()).setSha256(sha256).setData(data)
                            .build()).join();
            refs.add(new ShardRef(shard, sha256, data.remaining(), place.partition(), place.offset()));
        }
        AdapterPublished published = new AdapterPublished(RUN, version, version,
                Sha256.ofHashes(refs.stream().map(ShardRef::getSha256).toList()), CUT.elements(), refs);
        producer.send(Topics.ADAPTER_MANIFEST, EventKeys.version(RUN, version), published);
        decide(published);
    }
}
