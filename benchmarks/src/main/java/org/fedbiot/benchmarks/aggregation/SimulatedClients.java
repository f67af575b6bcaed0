package org.fedbiot.benchmarks.aggregation;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.fedbiot.schemas.event.AdapterShard;
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

/** A run with many clients whose updates are noise, but signed and cut as real ones. */
final class SimulatedClients {

    /** Of fp32: 1 MiB in two shards. */
    static final ShardPlan CUT = new ShardPlan(256 * 1024, 512 * 1024);

    private static final String SOME_SHA256 = Sha256.of(new byte[] {1});

    /** An update as it is sent. */
    record Update(UpdateManifest manifest, List<UpdateShard> shards) {
    }

    private final String runId;
    private final AggregationSettings settings;
    private final List<SigningKey> keys;
    private final float[] noise;

    SimulatedClients(String runId, int clients, AggregationSettings.Builder settings) {
        this.runId = runId;
        this.settings = settings.setShardBytes(CUT.shardBytes()).build();
        this.keys = IntStream.range(0, clients)
                .mapToObj(client -> SigningKey.generate("key-" + id(client))).toList();
        Random random = new Random(clients);
        this.noise = new float[CUT.elements()];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (float) random.nextGaussian();
        }
    }

    String runId() {
        return runId;
    }

    int clients() {
        return keys.size();
    }

    /** Fixed width, so that the order of numbers is the order of ids. */
    static String id(int client) {
        return String.format("client-%05d", client);
    }

    int samples(int client) {
        return 1 + client * 7919 % 1000;
    }

    /** Different for every client and round. */
    float[] difference(int client, int round) {
        float scale = (float) (1e-3 * (1 + client) / (round + 1));
        float[] difference = new float[noise.length];
        for (int i = 0; i < difference.length; i++) {
            difference[i] = noise[(i + client) % noise.length] * scale;
        }
        return difference;
    }

    List<AdapterShard> adapter(float[] values) {
        List<ByteBuffer> parts = CUT.cut(values);
        return IntStream.range(0, parts.size())
                .mapToObj(shard -> AdapterShard.newBuilder()
                        .setRunId(runId).setVersion(0).setRound(0).setShard(shard).setShards(CUT.shards())
                        .setStart(CUT.start(shard)).setElements(CUT.elements())
                        .setSha256(Sha256.of(parts.get(shard))).setData(parts.get(shard)).build())
                .toList();
    }

    static String hash(float[] values) {
        return Sha256.ofHashes(CUT.cut(values).stream().map(Sha256::of).toList());
    }

    RoundOpened opened(int round, String adapterSha256) {
        return RoundOpened.newBuilder()
                .setRunId(runId).setRound(round).setBaseSha256(SOME_SHA256)
                .setAdapterVersion(round - 1).setAdapterSha256(adapterSha256)
                .setEmulatorVersion(0).setEmulatorSha256(SOME_SHA256)
                .setAdapterElements(CUT.elements()).setAdapterShards(CUT.shards())
                .setCalled(IntStream.range(0, clients())
                        .mapToObj(client -> CalledClient.newBuilder().setClientId(id(client))
                                .setKeyId(keys.get(client).keyId())
                                .setPublicKey(ByteBuffer.wrap(keys.get(client).publicKey())).build())
                        .toList())
                .setQuorum(clients()).setDeadlineMillis(0).setSeed(0)
                .setLora(LoraSettings.newBuilder().setRank(1).setAlpha(1).setTargets(List.of("q")).build())
                .setTraining(TrainingSettings.newBuilder().setSteps(1).setBatchSize(1).setMicroBatchTokens(1)
                        .setLearningRate(1).build())
                .setAggregation(settings)
                .setText(TextSettings.newBuilder().setTemplate(PromptTemplate.PLAIN).setMaxTokens(2).build())
                .setClientThreads(1)
                .build();
    }

    RoundClosed closed(RoundOpened opened, List<UpdateAccepted> accepted) {
        return RoundClosed.newBuilder()
                .setRunId(runId).setRound(opened.getRound())
                .setAdapterVersion(opened.getAdapterVersion()).setAdapterSha256(opened.getAdapterSha256())
                .setNewAdapterVersion(opened.getRound())
                .setAdapterElements(CUT.elements()).setAdapterShards(CUT.shards())
                .setAggregation(settings).setReason(CloseReason.ALL_IN)
                .setCounted(accepted.stream()
                        .map(update -> CountedUpdate.newBuilder().setClientId(update.getClientId())
                                .setUpdateSha256(update.getUpdateSha256()).setShardSha256(update.getShardSha256())
                                .setWeight(update.getDatasetSamples()).build())
                        .toList())
                .build();
    }

    Update update(RoundOpened opened, int client) {
        SigningKey key = keys.get(client);
        List<ByteBuffer> parts = CUT.cut(difference(client, opened.getRound()));
        List<String> hashes = parts.stream().map(Sha256::of).toList();
        List<UpdateShard> shards = new ArrayList<>();
        for (int shard = 0; shard < parts.size(); shard++) {
            UpdateShard.Builder unsigned = UpdateShard.newBuilder()
                    .setRunId(runId).setRound(opened.getRound()).setClientId(id(client))
                    .setAdapterVersion(opened.getAdapterVersion()).setAdapterSha256(opened.getAdapterSha256())
                    .setEmulatorVersion(opened.getEmulatorVersion()).setEmulatorSha256(opened.getEmulatorSha256())
                    .setShard(shard).setShards(CUT.shards()).setStart(CUT.start(shard)).setElements(CUT.elements())
                    .setSha256(hashes.get(shard)).setData(parts.get(shard))
                    .setKeyId(key.keyId()).setSignature(ByteBuffer.allocate(0));
            shards.add(unsigned.setSignature(signature(key, CanonicalBytes.of(unsigned.build()))).build());
        }
        UpdateManifest.Builder unsigned = UpdateManifest.newBuilder()
                .setRunId(runId).setRound(opened.getRound()).setClientId(id(client))
                .setBaseSha256(opened.getBaseSha256())
                .setAdapterVersion(opened.getAdapterVersion()).setAdapterSha256(opened.getAdapterSha256())
                .setEmulatorVersion(opened.getEmulatorVersion()).setEmulatorSha256(opened.getEmulatorSha256())
                .setDatasetSamples(samples(client)).setProcessedSamples(samples(client)).setElements(CUT.elements())
                .setShardSha256(hashes).setSha256(Sha256.ofHashes(hashes))
                .setMeanLoss(1).setFirstLoss(1).setLastLoss(1)
                .setKeyId(key.keyId()).setSignature(ByteBuffer.allocate(0));
        return new Update(unsigned.setSignature(signature(key, CanonicalBytes.of(unsigned.build()))).build(), shards);
    }

    private static ByteBuffer signature(SigningKey key, byte[] canonical) {
        return ByteBuffer.wrap(key.sign(canonical));
    }
}
