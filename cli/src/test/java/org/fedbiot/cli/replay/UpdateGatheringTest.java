package org.fedbiot.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.fedbiot.aggregator.ClosedRound;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.CalledClient;
import org.fedbiot.schemas.event.CloseReason;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.LoraSettings;
import org.fedbiot.schemas.event.PromptTemplate;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.TextSettings;
import org.fedbiot.schemas.event.TrainingSettings;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateManifest;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.integrity.CanonicalBytes;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.integrity.ShardPlan;
import org.fedbiot.schemas.integrity.SigningKey;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.worker.version.PayloadLog;
import org.junit.jupiter.api.Test;

/** A round whose updates are together larger than the heap of this test's process, by its pom 512 MiB. */
class UpdateGatheringTest {

    private static final ShardPlan CUT =
            new ShardPlan(2 * Topics.MAX_CHUNK_BYTES / Float.BYTES, Topics.MAX_CHUNK_BYTES);
    private static final List<String> CLIENTS =
            IntStream.range(0, 600).mapToObj(number -> "client-%03d".formatted(number)).toList();
    private static final String HASH = "ab".repeat(32);

    private final SigningKey key = SigningKey.generate("key");
    private final float[] difference = new float[CUT.elements()];
    private final List<ByteBuffer> parts;
    private final List<String> hashes;

    UpdateGatheringTest() {
        for (int i = 0; i < difference.length; i++) {
            difference[i] = i * 0.25f;
        }
        parts = CUT.cut(difference);
        hashes = parts.stream().map(Sha256::of).toList();
    }

    @Test
    void shouldHoldAsManyUpdatesAsTheDiskTakes() throws InterruptedException {
        RoundHistory round = round();
        RunLog log = new RunLog("run-1");
        CLIENTS.forEach(client -> {
            log.add(new Place(Topics.UPDATE_MANIFEST.name(), 0, CLIENTS.indexOf(client)), manifest(client));
            for (int shard = 0; shard < CUT.shards(); shard++) {
                log.add(new Place(Topics.UPDATE_SHARD.name(), shard, CLIENTS.indexOf(client)), shard(client, shard));
            }
        });
        List<Finding> findings = new ArrayList<>();

        ClosedRound closed = ClosedRound.of(round.closed().event());
        Optional<RoundUpdates> gathered = new UpdateGathering(log, made(), findings::add).gather(round, closed);

        assertThat((long) CLIENTS.size() * CUT.elements() * Float.BYTES)
                .isGreaterThan(Runtime.getRuntime().maxMemory());
        assertThat(findings).isEmpty();
        try (RoundUpdates updates = gathered.orElseThrow()) {
            Lineage lineage = new Lineage(CUT, new float[CUT.elements()]);
            lineage.fold(closed, updates);
            double expected = 0;
            for (int client = 0; client < CLIENTS.size(); client++) {
                expected += 1.0 / CLIENTS.size() * difference[77];
            }
            assertThat(lineage.values()[77]).isEqualTo((float) expected);
        }
    }

    /** A topic whose partition is the shard and whose offset is the client, each record made when it is read. */
    private PayloadLog made() {
        return new PayloadLog() {

            @Override
            public String topic() {
                return Topics.UPDATE_SHARD.name();
            }

            @Override
            public void readAt(List<Place> places, Predicate<ConsumerRecord<String, SpecificRecord>> reader) {
                for (Place place : places) {
                    UpdateShard shard = shard(CLIENTS.get((int) place.offset()), place.partition());
                    if (!reader.test(new ConsumerRecord<>(topic(), place.partition(), place.offset(), "key", shard))) {
                        return;
                    }
                }
            }

            @Override
            public void readAll(Predicate<ConsumerRecord<String, SpecificRecord>> reader) {
                throw new AssertionError("every payload's place is known, so nothing is to be searched");
            }

            @Override
            public void close() {
            }
        };
    }

    private RoundHistory round() {
        AggregationSettings aggregation =
                AggregationSettings.newBuilder().setShardBytes(CUT.shardBytes()).build();
        RoundOpened opened = RoundOpened.newBuilder().setRunId("run-1").setRound(1).setBaseSha256(HASH)
                .setAdapterVersion(0).setAdapterSha256(HASH).setEmulatorVersion(0).setEmulatorSha256(HASH)
                .setAdapterElements(CUT.elements()).setAdapterShards(CUT.shards())
                .setCalled(CLIENTS.stream().map(client -> new CalledClient(client, key.keyId(),
                        ByteBuffer.wrap(key.publicKey()))).toList())
                .setQuorum(1).setDeadlineMillis(0).setSeed(0)
                .setLora(LoraSettings.newBuilder().setRank(4).setAlpha(8).setTargets(List.of("q")).build())
                .setTraining(TrainingSettings.newBuilder().setSteps(1).setBatchSize(1).setMicroBatchTokens(1)
                        .setLearningRate(1).build())
                .setAggregation(aggregation)
                .setText(TextSettings.newBuilder().setTemplate(PromptTemplate.PLAIN).setMaxTokens(8).build())
                .setClientThreads(1).build();
        double squared = 0;
        for (ByteBuffer part : parts) {
            double sum = 0;
            for (int i = 0; i < part.remaining() / Float.BYTES; i++) {
                double value = part.duplicate().order(ByteOrder.LITTLE_ENDIAN).getFloat(i * Float.BYTES);
                sum += value * value;
            }
            squared += sum;
        }
        double norm = Math.sqrt(squared);
        Map<String, UpdateAccepted> accepted = new HashMap<>();
        CLIENTS.forEach(client -> accepted.put(client, new UpdateAccepted("run-1", 1, client, Sha256.ofHashes(hashes),
                hashes, 1, 1, norm, 1.0, 1.0, 1.0)));
        RoundClosed closed = new RoundClosed("run-1", 1, 0, HASH, 1, CUT.elements(), CUT.shards(), aggregation,
                CloseReason.ALL_IN, CLIENTS.stream().map(client -> new CountedUpdate(client, Sha256.ofHashes(hashes),
                        hashes, 1.0)).toList(), false);
        return new RoundHistory(List.of(opened), accepted,
                new Located<>(closed, new Place(Topics.DECISION.name(), 0, 0)), Optional.empty());
    }

    private UpdateManifest manifest(String client) {
        UpdateManifest unsigned = UpdateManifest.newBuilder().setRunId("run-1").setRound(1).setClientId(client)
                .setBaseSha256(HASH).setAdapterVersion(0).setAdapterSha256(HASH).setEmulatorVersion(0)
                .setEmulatorSha256(HASH).setDatasetSamples(1).setProcessedSamples(1).setElements(CUT.elements())
                .setShardSha256(hashes).setSha256(Sha256.ofHashes(hashes)).setMeanLoss(1).setFirstLoss(1).setLastLoss(1)
                .setKeyId(key.keyId()).setSignature(ByteBuffer.allocate(0)).build();
        return UpdateManifest.newBuilder(unsigned)
                .setSignature(ByteBuffer.wrap(key.sign(CanonicalBytes.of(unsigned)))).build();
    }

    private UpdateShard shard(String client, int shard) {
        ByteBuffer data = ByteBuffer.allocate(parts.get(shard).remaining()).put(parts.get(shard).duplicate()).flip();
        UpdateShard unsigned = UpdateShard.newBuilder().setRunId("run-1").setRound(1).setClientId(client)
                .setAdapterVersion(0).setAdapterSha256(HASH).setEmulatorVersion(0).setEmulatorSha256(HASH)
                .setShard(shard).setShards(CUT.shards()).setStart(CUT.start(shard)).setElements(CUT.elements())
                .setSha256(hashes.get(shard)).setData(data).setKeyId(key.keyId())
                .setSignature(ByteBuffer.allocate(0)).build();
        return UpdateShard.newBuilder(unsigned)
                .setSignature(ByteBuffer.wrap(key.sign(CanonicalBytes.of(unsigned)))).build();
    }
}
