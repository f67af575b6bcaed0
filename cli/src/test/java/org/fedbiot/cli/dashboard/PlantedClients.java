package org.fedbiot.cli.dashboard;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.ClientJoined;
import org.fedbiot.schemas.event.ClientKeyRegistered;
import org.fedbiot.schemas.event.ClientProgressed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.UpdateManifest;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.integrity.CanonicalBytes;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.integrity.ShardPlan;
import org.fedbiot.schemas.integrity.SigningKey;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;

/**
 * Two clients that a page must show at once: one hands in updates that are far too large, signed and complete as they
 * should be; one begins to train and falls silent.
 */
public final class PlantedClients implements AutoCloseable {

    public static final String POISONER = "quarry";
    public static final String STUCK = "harbour";

    private static final ByteBuffer UNSIGNED = ByteBuffer.allocate(0);
    private static final float POISON = 10;

    private final SigningKey poisonKey = SigningKey.generate(POISONER + "-1");
    private final SigningKey stuckKey = SigningKey.generate(STUCK + "-1");
    private final EventProducer producer;
    private final EventReader announcements;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final CompletableFuture<Void> end;

    public PlantedClients(KafkaSettings kafka) {
        producer = new EventProducer(kafka, "planted-clients");
        announcements = new EventReader(kafka, "planted-announcements", Topics.ROUND_ANNOUNCE);
        join(poisonKey, POISONER);
        join(stuckKey, STUCK);
        producer.awaitAll();
        end = CompletableFuture.runAsync(this::follow);
    }

    private void join(SigningKey key, String client) {
        producer.send(Topics.COMMAND, client, ClientKeyRegistered.newBuilder().setClientId(client)
                .setKeyId(key.keyId()).setPublicKey(ByteBuffer.wrap(key.publicKey())).build());
        ClientJoined.Builder joined = ClientJoined.newBuilder().setClientId(client).setDatasetSamples(100)
                .setHeldOutSamples(0).setSkippedSamples(0).setDevice("cpu").setKeyId(key.keyId());
        producer.send(Topics.CLIENT_PRESENCE, client, joined.setSignature(ByteBuffer.wrap(key.sign(
                CanonicalBytes.of(joined.setSignature(UNSIGNED).build())))).build());
    }

    private void follow() {
        while (stopped.getCount() > 0) {
            for (ConsumerRecord<String, SpecificRecord> record : announcements.poll(Duration.ofMillis(100))) {
                if (record.value() instanceof RoundOpened round) {
                    poison(round);
                    beginAndStop(round);
                    producer.awaitAll();
                }
            }
        }
    }

    private void beginAndStop(RoundOpened round) {
        ClientProgressed.Builder step = ClientProgressed.newBuilder().setRunId(round.getRunId())
                .setRound(round.getRound()).setClientId(STUCK).setStep(1).setSteps(round.getTraining().getSteps())
                .setLoss(2.5).setKeyId(stuckKey.keyId());
        producer.send(Topics.CLIENT_PRESENCE, STUCK, step.setSignature(ByteBuffer.wrap(stuckKey.sign(
                CanonicalBytes.of(step.setSignature(UNSIGNED).build())))).build());
    }

    private void poison(RoundOpened round) {
        float[] difference = new float[round.getAdapterElements()];
        Arrays.fill(difference, POISON);
        ShardPlan plan = new ShardPlan(difference.length, round.getAggregation().getShardBytes());
        List<ByteBuffer> data = plan.cut(difference);
        List<String> hashes = new ArrayList<>();
        for (int shard = 0; shard < plan.shards(); shard++) {
            hashes.add(Sha256.of(data.get(shard)));
            UpdateShard.Builder event = UpdateShard.newBuilder().setRunId(round.getRunId())
                    .setRound(round.getRound()).setClientId(POISONER).setAdapterVersion(round.getAdapterVersion())
                    .setAdapterSha256(round.getAdapterSha256()).setEmulatorVersion(round.getEmulatorVersion())
                    .setEmulatorSha256(round.getEmulatorSha256()).setShard(shard).setShards(plan.shards())
                    .setStart(plan.start(shard)).setElements(plan.elements()).setSha256(hashes.get(shard))
                    .setData(data.get(shard)).setKeyId(poisonKey.keyId());
            producer.send(Topics.UPDATE_SHARD, plan.partition(shard), EventKeys.shard(round.getRunId(),
                    round.getRound(), POISONER, shard), event.setSignature(ByteBuffer.wrap(poisonKey.sign(
                    CanonicalBytes.of(event.setSignature(UNSIGNED).build())))).build());
        }
        UpdateManifest.Builder manifest = UpdateManifest.newBuilder().setRunId(round.getRunId())
                .setRound(round.getRound()).setClientId(POISONER).setBaseSha256(round.getBaseSha256())
                .setAdapterVersion(round.getAdapterVersion()).setAdapterSha256(round.getAdapterSha256())
                .setEmulatorVersion(round.getEmulatorVersion()).setEmulatorSha256(round.getEmulatorSha256())
                .setDatasetSamples(100).setProcessedSamples(100).setElements(difference.length)
                .setShardSha256(hashes).setSha256(Sha256.ofHashes(hashes)).setMeanLoss(1).setFirstLoss(1)
                .setLastLoss(1).setKeyId(poisonKey.keyId());
        producer.send(Topics.UPDATE_MANIFEST, EventKeys.client(round.getRunId(), round.getRound(), POISONER),
                manifest.setSignature(ByteBuffer.wrap(poisonKey.sign(
                        CanonicalBytes.of(manifest.setSignature(UNSIGNED).build())))).build());
    }

    @Override
    public void close() {
        stopped.countDown();
        end.join();
        announcements.close();
        producer.close();
    }
}
