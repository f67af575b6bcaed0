package org.fedbiot.aggregator;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.fedbiot.schemas.event.AdapterShard;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.AlignmentSettings;
import org.fedbiot.schemas.event.CalledClient;
import org.fedbiot.schemas.event.CloseReason;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.DataType;
import org.fedbiot.schemas.event.EvaluationSettings;
import org.fedbiot.schemas.event.ExposureSettings;
import org.fedbiot.schemas.event.FederationSettings;
import org.fedbiot.schemas.event.LoraSettings;
import org.fedbiot.schemas.event.ModelSpec;
import org.fedbiot.schemas.event.PromptTemplate;
import org.fedbiot.schemas.event.ResourceSettings;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunAccepted;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.ServerData;
import org.fedbiot.schemas.event.SplitSpec;
import org.fedbiot.schemas.event.TextSettings;
import org.fedbiot.schemas.event.TrainingSettings;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.integrity.ShardPlan;
import org.fedbiot.schemas.integrity.SigningKey;

/** The other parties of a run, for tests: what coordinator, server worker and clients would send. */
public final class Federation {

    public static final String BASE_SHA256 = Sha256.of(new byte[] {1});
    public static final String EMULATOR_SHA256 = Sha256.of(new byte[] {2});

    private final String runId;
    private final ShardPlan cut;
    private final AggregationSettings aggregation;
    private final Map<String, SigningKey> keys = new TreeMap<>();

    public Federation(String runId, int elements, int shardBytes, double maxUpdateNorm, String... clients) {
        this(runId, elements, AggregationSettings.newBuilder().setShardBytes(shardBytes)
                .setMaxUpdateNorm(maxUpdateNorm).build(), clients);
    }

    public Federation(String runId, int elements, AggregationSettings aggregation, String... clients) {
        this.runId = runId;
        this.cut = new ShardPlan(elements, aggregation.getShardBytes());
        this.aggregation = aggregation;
        Arrays.stream(clients).forEach(client -> keys.put(client, SigningKey.generate(client + "-key")));
    }

    public String runId() {
        return runId;
    }

    public ShardPlan cut() {
        return cut;
    }

    public List<String> clients() {
        return List.copyOf(keys.keySet());
    }

    public SigningKey key(String client) {
        return keys.get(client);
    }

    /** Gives a client another key: the next round that is opened calls it by that one. */
    public void changeKey(String client) {
        keys.put(client, SigningKey.generate(client + "-next-key"));
    }

    /** Values that a wrong order of summing would change in the last bits. */
    public float[] vector(long seed) {
        Random random = new Random(seed);
        float[] values = new float[cut.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(7) - 3));
        }
        return values;
    }

    public List<AdapterShard> adapter(int version, float[] values) {
        List<ByteBuffer> parts = cut.cut(values);
        List<AdapterShard> shards = new ArrayList<>();
        for (int shard = 0; shard < parts.size(); shard++) {
            shards.add(AdapterShard.newBuilder()
                    .setRunId(runId)
                    .setVersion(version)
                    .setRound(version)
                    .setShard(shard)
                    .setShards(cut.shards())
                    .setStart(cut.start(shard))
                    .setElements(cut.elements())
                    .setSha256(Sha256.of(parts.get(shard)))
                    .setData(parts.get(shard))
                    .build());
        }
        return shards;
    }

    public String hash(float[] values) {
        return Sha256.ofHashes(cut.cut(values).stream().map(Sha256::of).toList());
    }

    /** With these clients for so many rounds. */
    public RunAccepted accepted(int rounds) {
        RoundOpened any = opened(1, vector(0));
        return new RunAccepted(runId, RunSpec.newBuilder().setRunId(runId).setSeed(1)
                .setModel(ModelSpec.newBuilder().setName("tiny").setLocation("tiny").setSha256(BASE_SHA256)
                        .setDataType(DataType.FLOAT32).setLayers(2).setLayerParameters(1).setOtherParameters(1).build())
                .setSplit(SplitSpec.newBuilder().setBackAdapterLayers(1).setDropRate(0).setTeacherLayers(List.of(0))
                        .setKeptLayers(List.of(0)).setAdapterLayers(List.of(1)).build())
                .setLora(any.getLora())
                .setAlignment(AlignmentSettings.newBuilder().setPreSteps(0).setSteps(0).setBatchSize(1)
                        .setMicroBatchTokens(1).setLearningRate(1).setKlWeight(1).build())
                .setTraining(any.getTraining()).setAggregation(aggregation)
                .setFederation(FederationSettings.newBuilder().setRounds(rounds).setClients(clients())
                        .setQuorum(1).setDeadlineMillis(1).build())
                .setText(any.getText())
                .setServerData(ServerData.newBuilder().setPublicLocation("").setEvaluationLocation("").build())
                .setEvaluation(EvaluationSettings.newBuilder().setMaxNewTokens(1).setBatchTokens(1).build())
                .setResources(ResourceSettings.newBuilder().setServerThreads(1).setClientThreads(1).build())
                .setExposure(ExposureSettings.newBuilder().build()).build(), List.of(), 0.0);
    }

    /** Round t starts from version t-1 with these values. */
    public RoundOpened opened(int round, float[] base) {
        return RoundOpened.newBuilder()
                .setRunId(runId)
                .setRound(round)
                .setBaseSha256(BASE_SHA256)
                .setAdapterVersion(round - 1)
                .setAdapterSha256(hash(base))
                .setEmulatorVersion(0)
                .setEmulatorSha256(EMULATOR_SHA256)
                .setAdapterElements(cut.elements())
                .setAdapterShards(cut.shards())
                .setCalled(keys.entrySet().stream().map(entry -> called(entry.getKey(), entry.getValue())).toList())
                .setQuorum(keys.size())
                .setDeadlineMillis(0)
                .setSeed(1)
                .setLora(LoraSettings.newBuilder().setRank(4).setAlpha(8).setTargets(List.of("q")).build())
                .setTraining(TrainingSettings.newBuilder().setSteps(1).setBatchSize(1).setMicroBatchTokens(1)
                        .setLearningRate(0.1).build())
                .setAggregation(aggregation)
                .setText(TextSettings.newBuilder().setTemplate(PromptTemplate.PLAIN).setMaxTokens(8).build())
                .setClientThreads(1)
                .build();
    }

    public RoundClosed closed(RoundOpened opened, List<SignedUpdate> counted) {
        return RoundClosed.newBuilder()
                .setRunId(runId)
                .setRound(opened.getRound())
                .setAdapterVersion(opened.getAdapterVersion())
                .setAdapterSha256(opened.getAdapterSha256())
                .setNewAdapterVersion(opened.getRound())
                .setAdapterElements(cut.elements())
                .setAdapterShards(cut.shards())
                .setAggregation(aggregation)
                .setReason(CloseReason.ALL_IN)
                .setCounted(counted.stream()
                        .map(update -> CountedUpdate.newBuilder()
                                .setClientId(update.manifest().getClientId())
                                .setUpdateSha256(update.manifest().getSha256())
                                .setShardSha256(update.manifest().getShardSha256())
                                .setWeight(update.manifest().getDatasetSamples())
                                .build())
                        .toList())
                .build();
    }

    public RunEnded ended() {
        return RunEnded.newBuilder().setRunId(runId).setOutcome(RunOutcome.COMPLETED).build();
    }

    /** Signed with the client's own key. */
    public SignedUpdate update(RoundOpened opened, String client, int samples, float[] difference) {
        return SignedUpdate.of(opened, cut, client, key(client), samples, difference);
    }

    private static CalledClient called(String client, SigningKey key) {
        return CalledClient.newBuilder()
                .setClientId(client)
                .setKeyId(key.keyId())
                .setPublicKey(ByteBuffer.wrap(key.publicKey()))
                .build();
    }
}
