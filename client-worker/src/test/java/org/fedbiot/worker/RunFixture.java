package org.fedbiot.worker;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.fedbiot.learning.format.BaseModel;
import org.fedbiot.learning.method.LayerRule;
import org.fedbiot.learning.method.LayerSplit;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AdapterShard;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.AlignmentSettings;
import org.fedbiot.schemas.event.CalledClient;
import org.fedbiot.schemas.event.DataType;
import org.fedbiot.schemas.event.EvaluationOpened;
import org.fedbiot.schemas.event.EvaluationSettings;
import org.fedbiot.schemas.event.ExposureSettings;
import org.fedbiot.schemas.event.FederationSettings;
import org.fedbiot.schemas.event.LoraSettings;
import org.fedbiot.schemas.event.ModelSpec;
import org.fedbiot.schemas.event.OptimiserState;
import org.fedbiot.schemas.event.PromptTemplate;
import org.fedbiot.schemas.event.ResourceSettings;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.ServerData;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.ServerTaskFailed;
import org.fedbiot.schemas.event.ShardRef;
import org.fedbiot.schemas.event.SplitSpec;
import org.fedbiot.schemas.event.TaskKind;
import org.fedbiot.schemas.event.TextSettings;
import org.fedbiot.schemas.event.TrainingSettings;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.integrity.SigningKey;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;

/** Plays coordinator and aggregator by hand for one run. */
public final class RunFixture implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final KafkaSettings settings;
    private final EventProducer producer;
    private final RunSpec spec;

    public RunFixture(KafkaSettings settings, RunSpec spec) {
        this.settings = settings;
        this.spec = spec;
        this.producer = new EventProducer(settings, "fixture-" + spec.getRunId());
    }

    /** Six layers, of which the last is the adapter and four of the other five are kept. */
    public static RunSpec spec(String runId, Path model, Path publicText, Path evaluationText, DataType type) {
        BaseModel base = BaseModel.open(model);
        LayerSplit split = LayerSplit.of(6, 0, 1, 0.2, LayerRule.FLOOR);
        return RunSpec.newBuilder().setRunId(runId).setSeed(7)
                .setModel(ModelSpec.newBuilder().setName("tiny").setLocation(model.toString()).setSha256(base.sha256())
                        .setDataType(type).setLayers(6).setLayerParameters(base.config().layerParameters())
                        .setOtherParameters(base.config().otherParameters()).build())
                .setSplit(SplitSpec.newBuilder().setBackAdapterLayers(1).setDropRate(0.2)
                        .setTeacherLayers(split.teacherLayers()).setKeptLayers(split.keptLayers())
                        .setAdapterLayers(split.adapterLayers()).build())
                .setLora(LoraSettings.newBuilder().setRank(4).setAlpha(8)
                        .setTargets(List.of("q", "k", "v", "o", "gate", "up", "down")).build())
                .setAlignment(AlignmentSettings.newBuilder().setPreSteps(6).setSteps(3).setBatchSize(4)
                        .setMicroBatchTokens(256).setLearningRate(3e-3).setKlWeight(1)
                        .setOptimiserState(OptimiserState.KEPT).setHeldOutRecords(8).build())
                .setTraining(TrainingSettings.newBuilder().setSteps(4).setBatchSize(4).setMicroBatchTokens(256)
                        .setLearningRate(1e-2).build())
                .setAggregation(AggregationSettings.newBuilder().setShardBytes(2048).build())
                .setFederation(FederationSettings.newBuilder().setRounds(2).setClients(List.of("anna", "bert"))
                        .setQuorum(2).setDeadlineMillis(600_000).build())
                .setText(TextSettings.newBuilder().setTemplate(PromptTemplate.PLAIN).setMaxTokens(32).build())
                .setServerData(ServerData.newBuilder().setPublicLocation(publicText.toString())
                        .setEvaluationLocation(evaluationText.toString()).build())
                .setEvaluation(EvaluationSettings.newBuilder().setExactMatchRecords(4).setMaxNewTokens(4)
                        .setBatchTokens(256).build())
                .setResources(new ResourceSettings(1, 1)).setExposure(ExposureSettings.newBuilder().build()).build();
    }

    public RunSpec spec() {
        return spec;
    }

    public ServerTaskAssigned.Builder task(TaskKind kind, String taskId) {
        return ServerTaskAssigned.newBuilder().setRunId(spec.getRunId()).setTaskId(taskId).setKind(kind).setRound(0)
                .setSpec(spec);
    }

    public void assign(ServerTaskAssigned task) {
        String key = EventKeys.task(task.getRunId(), task.getTaskId());
        producer.send(Topics.SERVER_TASK, key, task);
        producer.send(Topics.SERVER_QUEUE, key, task);
        producer.awaitAll();
    }

    /** Assigns and waits for the result; fails if it fails. */
    public ServerTaskCompleted complete(ServerTaskAssigned task) {
        assign(task);
        SpecificRecord outcome = await(Topics.TASK_RESULT, event -> isOutcome(task.getTaskId(), event));
        if (outcome instanceof ServerTaskFailed failed) {
            throw new AssertionError(failed.getTaskId() + ": " + failed.getReason());
        }
        return (ServerTaskCompleted) outcome;
    }

    public String failure(ServerTaskAssigned task) {
        assign(task);
        SpecificRecord outcome = await(Topics.TASK_RESULT, event -> isOutcome(task.getTaskId(), event));
        return ((ServerTaskFailed) outcome).getReason();
    }

    private boolean isOutcome(String taskId, SpecificRecord event) {
        return event instanceof ServerTaskCompleted done && done.getRunId().equals(spec.getRunId())
                && done.getTaskId().equals(taskId)
                || event instanceof ServerTaskFailed failed && failed.getRunId().equals(spec.getRunId())
                && failed.getTaskId().equals(taskId);
    }

    /** What the aggregator makes of the shards of version 0. */
    public AdapterPublished publishAdapterManifest() {
        TreeMap<Integer, ShardRef> refs = new TreeMap<>();
        int elements = 0;
        for (ConsumerRecord<String, SpecificRecord> record : records(Topics.ADAPTER_SHARD)) {
            AdapterShard shard = (AdapterShard) record.value();
            if (shard.getRunId().equals(spec.getRunId())) {
                elements = shard.getElements();
                refs.put(shard.getShard(), ShardRef.newBuilder().setShard(shard.getShard())
                        .setSha256(shard.getSha256()).setBytes(shard.getData().remaining())
                        .setPartition(record.partition()).setOffset(record.offset()).build());
            }
        }
        AdapterPublished manifest = AdapterPublished.newBuilder().setRunId(spec.getRunId()).setVersion(0).setRound(0)
                .setSha256(Sha256.ofHashes(refs.values().stream().map(ShardRef::getSha256).toList()))
                .setElements(elements).setShards(new ArrayList<>(refs.values())).build();
        producer.send(Topics.ADAPTER_MANIFEST, EventKeys.version(spec.getRunId(), 0), manifest);
        producer.awaitAll();
        return manifest;
    }

    public RoundOpened.Builder round(int round, ServerTaskCompleted compressed, ServerTaskCompleted aligned,
            AdapterPublished adapter, List<SigningKey> keys) {
        return RoundOpened.newBuilder().setRunId(spec.getRunId()).setRound(round)
                .setBaseSha256(compressed.getCompression().getBaseSha256())
                .setAdapterVersion(adapter.getVersion()).setAdapterSha256(adapter.getSha256())
                .setEmulatorVersion(aligned.getAlignment().getEmulatorVersion())
                .setEmulatorSha256(aligned.getAlignment().getEmulatorSha256())
                .setAdapterElements(adapter.getElements()).setAdapterShards(adapter.getShards().size())
                .setCalled(keys.stream().map(key -> new CalledClient(key.keyId(), key.keyId(),
                        ByteBuffer.wrap(key.publicKey()))).toList())
                .setQuorum(1).setDeadlineMillis(Long.MAX_VALUE).setSeed(spec.getSeed()).setLora(spec.getLora())
                .setTraining(spec.getTraining()).setAggregation(spec.getAggregation()).setText(spec.getText())
                .setClientThreads(spec.getResources().getClientThreads());
    }

    public void announce(RoundOpened round) {
        producer.send(Topics.ROUND_ANNOUNCE, EventKeys.round(round.getRunId(), round.getRound()), round);
        producer.awaitAll();
    }

    public void announce(EvaluationOpened evaluation) {
        producer.send(Topics.ROUND_ANNOUNCE, EventKeys.run(evaluation.getRunId()), evaluation);
        producer.awaitAll();
    }

    public void announce(RunEnded ended) {
        producer.send(Topics.ROUND_ANNOUNCE, EventKeys.run(ended.getRunId()), ended);
        producer.awaitAll();
    }

    /** The first event of a topic that fits, from its beginning, when it comes. */
    public SpecificRecord await(Topic topic, Predicate<SpecificRecord> wanted) {
        return awaitAll(topic, wanted, 1).get(0);
    }

    /** The first so many events of a topic that fit. */
    public List<SpecificRecord> awaitAll(Topic topic, Predicate<SpecificRecord> wanted, int count) {
        List<SpecificRecord> found = new ArrayList<>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (EventReader reader = new EventReader(settings, "fixture-await", topic)) {
            while (found.size() < count) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError(topic.name() + ": only " + found.size() + " of " + count + " events came");
                }
                reader.poll(Duration.ofMillis(100)).stream().map(ConsumerRecord::value).filter(wanted)
                        .forEach(found::add);
            }
        }
        return found;
    }

    /** All that stands in a topic, by partition and offset. */
    public List<ConsumerRecord<String, SpecificRecord>> records(Topic topic) {
        List<ConsumerRecord<String, SpecificRecord>> all = new ArrayList<>();
        try (EventReader reader = new EventReader(settings, "fixture-read", topic)) {
            while (!reader.atEnd()) {
                all.addAll(reader.poll(Duration.ofMillis(100)));
            }
        }
        all.sort(Comparator.comparingInt((ConsumerRecord<String, SpecificRecord> record) -> record.partition())
                .thenComparingLong(ConsumerRecord::offset));
        return all;
    }

    @Override
    public void close() {
        producer.close();
    }
}
