package org.fedbiot.cli.replay;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.aggregator.ClosedRound;
import org.fedbiot.aggregator.ShardFold;
import org.fedbiot.aggregator.ShardScreen;
import org.fedbiot.cli.settings.RunSettings;
import org.fedbiot.cli.settings.SettingsTree;
import org.fedbiot.cli.simulation.RunPlan;
import org.fedbiot.coordinator.Coordinator;
import org.fedbiot.coordinator.CoordinatorState;
import org.fedbiot.coordinator.Input;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AdapterShard;
import org.fedbiot.schemas.event.AlignmentLoss;
import org.fedbiot.schemas.event.AlignmentResult;
import org.fedbiot.schemas.event.ClientEvaluated;
import org.fedbiot.schemas.event.ClientJoined;
import org.fedbiot.schemas.event.ClientKeyRegistered;
import org.fedbiot.schemas.event.CompressionResult;
import org.fedbiot.schemas.event.DataType;
import org.fedbiot.schemas.event.EvaluatedModel;
import org.fedbiot.schemas.event.EvaluationResult;
import org.fedbiot.schemas.event.ExportResult;
import org.fedbiot.schemas.event.ModelScore;
import org.fedbiot.schemas.event.ModelSpec;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.RunSubmitted;
import org.fedbiot.schemas.event.ServerData;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.ShardRef;
import org.fedbiot.schemas.event.TaskKind;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateManifest;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.integrity.CanonicalBytes;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.integrity.ShardPlan;
import org.fedbiot.schemas.integrity.SigningKey;
import org.fedbiot.schemas.payload.ShardCodec;
import org.fedbiot.schemas.topic.Topics;

/** A log of two rounds and three clients, decided by the coordinator and folded by the aggregator's kernel. */
final class RecordedRun {

    static final String RUN = "run-1";
    /** Ten elements in three shards. */
    static final ShardPlan CUT = new ShardPlan(10, 16);
    static final Map<String, Integer> SAMPLES = new TreeMap<>(Map.of("anna", 10, "ben", 25, "cleo", 31));

    private static final String MODEL = "ab".repeat(32);
    private static final String BASE = "ba".repeat(32);
    private static final AlignmentLoss LOSS = new AlignmentLoss(0.5, 0.5, 1.0);

    final MemoryTopics topics = new MemoryTopics();
    private final Map<String, SigningKey> keys = new TreeMap<>();
    private CoordinatorState state = CoordinatorState.initial();
    private RoundOpened opened;
    private RoundClosed closed;

    RecordedRun() {
        this(Map.of());
    }

    /** @param settings over those of the preset */
    RecordedRun(Map<String, String> settings) {
        SAMPLES.keySet().forEach(client -> {
            keys.put(client, SigningKey.generate(client + "-key"));
            decide(new ClientKeyRegistered(client, client + "-key", ByteBuffer.wrap(keys.get(client).publicKey())));
            decide(ClientJoined.newBuilder().setClientId(client).setDatasetSamples(SAMPLES.get(client))
                    .setHeldOutSamples(1).setSkippedSamples(0).setDevice("cpu").build());
        });
        decide(new RunSubmitted(spec(settings)));
        decide(task("compress", TaskKind.COMPRESS)
                .setCompression(new CompressionResult(MODEL, BASE, 1L, 1L, 2L, CUT.elements(), CUT.shards(), 4))
                .setAlignment(AlignmentResult.newBuilder().setEmulatorVersion(0).setEmulatorSha256("ee".repeat(32))
                        .setAdapterVersion(-1).setSteps(0).setBefore(LOSS).setAfter(LOSS).build()).build());
        float[] adapter = initial();
        publish(0, adapter);
        for (int round = 1; round <= 2; round++) {
            // They arrive in another order than they are folded in.
            for (String client : round == 1 ? List.of("cleo", "anna", "ben") : List.of("ben", "cleo", "anna")) {
                update(client);
            }
            adapter = fold(adapter);
            publish(round, adapter);
        }
        decide(task("evaluate-2", TaskKind.EVALUATE).setEvaluation(new EvaluationResult(2, 0, List.of(
                new ModelScore(EvaluatedModel.ADAP_FU, 1.5, Math.exp(1.5), 0.25, 8, 4, 100L, -1.0, 0)))).build());
        decide(task("export-2", TaskKind.EXPORT).setExport(new ExportResult(2, "adapter", "merged")).build());
        SAMPLES.keySet().forEach(client -> decide(ClientEvaluated.newBuilder().setRunId(RUN).setClientId(client)
                .setAdapterVersion(2).setEmulatorVersion(0).setAdapEmuNll(1).setRawCompressedNll(2).setRecords(1)
                .build()));
    }

    static float[] initial() {
        return values(new Random(0));
    }

    /** What a client's training changed. */
    static float[] difference(int round, String client) {
        return values(new Random(31L * round + client.hashCode()));
    }

    /** Magnitudes that another order of summing would show in the last bits. */
    private static float[] values(Random random) {
        float[] values = new float[CUT.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(5) - 2));
        }
        return values;
    }

    static String hash(float[] values) {
        return Sha256.ofHashes(CUT.cut(values).stream().map(Sha256::of).toList());
    }

    /** A client's shard, by its own key. */
    UpdateShard signed(UpdateShard.Builder shard) {
        UpdateShard unsigned = shard.setSignature(ByteBuffer.allocate(0)).build();
        return UpdateShard.newBuilder(unsigned).setSignature(ByteBuffer.wrap(
                keys.get(unsigned.getClientId()).sign(CanonicalBytes.of(unsigned)))).build();
    }

    RunLog log() {
        RunLog log = new RunLog(RUN);
        topics.records().forEach(record -> log.add(record.place(), record.event()));
        return log;
    }

    ReplayResult replay() throws InterruptedException {
        return replay(log(), Optional.empty());
    }

    ReplayResult replay(RunLog log, Optional<WhatIf> question) throws InterruptedException {
        return new Replay(log, topics.payloads(Topics.ADAPTER_SHARD), topics.payloads(Topics.UPDATE_SHARD),
                line -> { }).run(history -> question);
    }

    private void decide(SpecificRecord input) {
        for (SpecificRecord decision : Coordinator.decide(state, new Input(input, 1_000))) {
            state = Coordinator.apply(state, decision);
            topics.append(Topics.DECISION, 0, decision);
            opened = decision instanceof RoundOpened round ? round : opened;
            closed = decision instanceof RoundClosed round ? round : closed;
        }
    }

    private void update(String client) {
        List<ByteBuffer> parts = codec().encode(CUT, difference(opened.getRound(), client));
        List<String> hashes = parts.stream().map(Sha256::of).toList();
        double squared = 0;
        for (int shard = 0; shard < parts.size(); shard++) {
            UpdateShard event = signed(UpdateShard.newBuilder().setRunId(RUN).setRound(opened.getRound())
                    .setClientId(client)
                    .setAdapterVersion(opened.getAdapterVersion()).setAdapterSha256(opened.getAdapterSha256())
                    .setEmulatorVersion(opened.getEmulatorVersion()).setEmulatorSha256(opened.getEmulatorSha256())
                    .setShard(shard).setShards(CUT.shards()).setStart(CUT.start(shard)).setElements(CUT.elements())
                    .setSha256(hashes.get(shard)).setData(parts.get(shard)).setKeyId(client + "-key")
                    .setCodec(opened.getAggregation().getUpdateCodec()));
            topics.append(Topics.UPDATE_SHARD, CUT.partition(shard), event);
            squared += ShardScreen.screen(event, opened).squaredNorm();
        }
        UpdateManifest unsigned = UpdateManifest.newBuilder().setRunId(RUN).setRound(opened.getRound())
                .setClientId(client).setBaseSha256(BASE)
                .setAdapterVersion(opened.getAdapterVersion()).setAdapterSha256(opened.getAdapterSha256())
                .setEmulatorVersion(opened.getEmulatorVersion()).setEmulatorSha256(opened.getEmulatorSha256())
                .setDatasetSamples(SAMPLES.get(client)).setProcessedSamples(2 * SAMPLES.get(client) + opened.getRound())
                .setElements(CUT.elements()).setShardSha256(hashes).setSha256(Sha256.ofHashes(hashes))
                .setMeanLoss(1).setFirstLoss(2).setLastLoss(0.5)
                .setKeyId(client + "-key").setSignature(ByteBuffer.allocate(0)).build();
        UpdateManifest manifest = UpdateManifest.newBuilder(unsigned)
                .setSignature(ByteBuffer.wrap(keys.get(client).sign(CanonicalBytes.of(unsigned)))).build();
        topics.append(Topics.UPDATE_MANIFEST, 0, manifest);
        decide(new UpdateAccepted(RUN, opened.getRound(), client, manifest.getSha256(), hashes,
                manifest.getDatasetSamples(), manifest.getProcessedSamples(), Math.sqrt(squared), 1.0, 2.0, 0.5));
    }

    private ShardCodec codec() {
        return ShardCodec.of(opened.getAggregation().getUpdateCodec());
    }

    private float[] fold(float[] base) {
        int round = closed.getRound();
        float[] next = new float[base.length];
        for (int shard = 0; shard < CUT.shards(); shard++) {
            int start = CUT.start(shard);
            int end = CUT.end(shard);
            float[] folded = ShardFold.fold(ClosedRound.of(closed), shard, Arrays.copyOfRange(base, start, end),
                    Optional.empty(),
                    update -> codec().decode(codec().encode(difference(round, update.getClientId()), start, end)))
                    .values();
            System.arraycopy(folded, 0, next, start, folded.length);
        }
        return next;
    }

    private void publish(int version, float[] values) {
        List<ShardRef> refs = new ArrayList<>();
        for (ByteBuffer data : CUT.cut(values)) {
            int shard = refs.size();
            Place place = topics.append(Topics.ADAPTER_SHARD, CUT.partition(shard), AdapterShard.newBuilder()
                    .setRunId(RUN).setVersion(version).setRound(version).setShard(shard).setShards(CUT.shards())
                    .setStart(CUT.start(shard)).setElements(CUT.elements()).setSha256(Sha256.of(data)).setData(data)
                    .build());
            refs.add(new ShardRef(shard, Sha256.of(data), data.remaining(), place.partition(), place.offset()));
        }
        AdapterPublished published =
                new AdapterPublished(RUN, version, version, hash(values), CUT.elements(), refs);
        topics.append(Topics.ADAPTER_MANIFEST, 0, published);
        decide(published);
    }

    private static ServerTaskCompleted.Builder task(String taskId, TaskKind kind) {
        return ServerTaskCompleted.newBuilder().setRunId(RUN).setTaskId(taskId).setKind(kind).setWorker("server-1")
                .setDurationMillis(1);
    }

    private static RunSpec spec(Map<String, String> changes) {
        RunSettings settings = RunSettings.of(SettingsTree.ofPreset("any").with(Map.of(
                "federation.clients", "[anna, ben, cleo]", "federation.rounds", "2", "alignment.preSteps", "0",
                "alignment.steps", "0", "aggregation.shardBytes", "16", "exposure.allowAll", "true")).with(changes));
        return RunSpec.newBuilder()
                .setRunId(RUN)
                .setSeed(0)
                .setModel(ModelSpec.newBuilder().setName("tiny").setLocation("tiny").setSha256(MODEL)
                        .setDataType(DataType.FLOAT32).setLayers(12).setLayerParameters(100).setOtherParameters(300)
                        .build())
                .setSplit(RunPlan.split(settings.split(), 12))
                .setLora(settings.lora())
                .setAlignment(settings.alignment())
                .setTraining(settings.training())
                .setAggregation(settings.aggregation())
                .setFederation(settings.federation())
                .setText(settings.text())
                .setServerData(ServerData.newBuilder().setPublicLocation("").setEvaluationLocation("owner.jsonl")
                        .build())
                .setEvaluation(settings.evaluation())
                .setResources(settings.resources())
                .setExposure(settings.exposure())
                .build();
    }
}
