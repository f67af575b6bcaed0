package org.fedbiot.coordinator;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AlignmentLoss;
import org.fedbiot.schemas.event.AlignmentResult;
import org.fedbiot.schemas.event.ChunkRef;
import org.fedbiot.schemas.event.ClientEvaluated;
import org.fedbiot.schemas.event.ClientFailed;
import org.fedbiot.schemas.event.ClientJoined;
import org.fedbiot.schemas.event.ClientKeyRegistered;
import org.fedbiot.schemas.event.ClientLeaving;
import org.fedbiot.schemas.event.ClientProgressed;
import org.fedbiot.schemas.event.CompressionResult;
import org.fedbiot.schemas.event.EvaluatedModel;
import org.fedbiot.schemas.event.EvaluationResult;
import org.fedbiot.schemas.event.ExportResult;
import org.fedbiot.schemas.event.ModelScore;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.RunCancelRequested;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.ServerTaskFailed;
import org.fedbiot.schemas.event.TaskKind;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateRejected;
import org.fedbiot.schemas.integrity.CanonicalBytes;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.integrity.SigningKey;

/** What other processes would say. */
public final class Inputs {

    public static final int ELEMENTS = 1000;

    private static final Map<String, SigningKey> KEYS = new ConcurrentHashMap<>();

    private Inputs() {
    }

    public static ClientKeyRegistered key(String client) {
        return registered(client, keyOf(client));
    }

    /** A client's next key, if it is not its first. */
    public static ClientKeyRegistered registered(String client, SigningKey key) {
        return new ClientKeyRegistered(client, key.keyId(), ByteBuffer.wrap(key.publicKey()));
    }

    /** The key that the client signs with here. */
    public static SigningKey keyOf(String client) {
        return KEYS.computeIfAbsent(client, name -> SigningKey.generate(name + "-key"));
    }

    public static ClientJoined joined(String client) {
        ClientJoined event = ClientJoined.newBuilder().setClientId(client).setDatasetSamples(10).setHeldOutSamples(2)
                .setSkippedSamples(0).setDevice("cpu").setKeyId(keyOf(client).keyId()).build();
        return ClientJoined.newBuilder(event).setSignature(signature(client, CanonicalBytes.of(event))).build();
    }

    public static ClientLeaving leaving(String client) {
        ClientLeaving event = ClientLeaving.newBuilder().setClientId(client).setReason("done")
                .setKeyId(keyOf(client).keyId()).build();
        return ClientLeaving.newBuilder(event).setSignature(signature(client, CanonicalBytes.of(event))).build();
    }

    public static ClientFailed clientFailed(String run, int round, String client) {
        return clientFailed(run, round, client, keyOf(client));
    }

    public static ClientFailed clientFailed(String run, int round, String client, SigningKey key) {
        ClientFailed event = ClientFailed.newBuilder().setRunId(run).setRound(round).setClientId(client)
                .setReason("no memory").setKeyId(key.keyId()).build();
        return ClientFailed.newBuilder(event).setSignature(ByteBuffer.wrap(key.sign(CanonicalBytes.of(event))))
                .build();
    }

    public static ClientProgressed progressed(String run, int round, String client, int step, int shardsSent) {
        ClientProgressed event = ClientProgressed.newBuilder().setRunId(run).setRound(round).setClientId(client)
                .setStep(step).setSteps(2).setLoss(1).setShardsSent(shardsSent).setShards(1)
                .setKeyId(keyOf(client).keyId()).build();
        return ClientProgressed.newBuilder(event).setSignature(signature(client, CanonicalBytes.of(event))).build();
    }

    public static ClientEvaluated scored(String run, String client, int adapter, int emulator) {
        ClientEvaluated event = ClientEvaluated.newBuilder().setRunId(run).setClientId(client)
                .setAdapterVersion(adapter).setEmulatorVersion(emulator).setAdapEmuNll(1).setRawCompressedNll(2)
                .setRecords(2).setKeyId(keyOf(client).keyId()).build();
        return ClientEvaluated.newBuilder(event).setSignature(signature(client, CanonicalBytes.of(event))).build();
    }

    private static ByteBuffer signature(String client, byte[] canonical) {
        return ByteBuffer.wrap(keyOf(client).sign(canonical));
    }

    public static RunCancelRequested cancel(String run) {
        return new RunCancelRequested(run, "enough");
    }

    public static AdapterPublished adapter(String run, int version) {
        return new AdapterPublished(run, version, version, adapterSha256(version), ELEMENTS, List.of());
    }

    public static String adapterSha256(int version) {
        return Sha256.of(bytes("adapter " + version));
    }

    public static String emulatorSha256(int version) {
        return Sha256.of(bytes("emulator " + version));
    }

    public static UpdateAccepted accepted(String run, int round, String client) {
        return accepted(run, round, client, 10, 20);
    }

    public static UpdateAccepted accepted(String run, int round, String client, int datasetSamples,
            int processedSamples) {
        String sha256 = Sha256.of(bytes(run + round + client));
        return new UpdateAccepted(run, round, client, sha256, List.of(sha256), datasetSamples, processedSamples, 1.0,
                2.0, 3.0, 1.0);
    }

    public static UpdateRejected rejected(String run, int round, String client, RejectReason reason) {
        return new UpdateRejected(run, round, client, Sha256.of(bytes(client)), reason, "");
    }

    public static ServerTaskCompleted compressed(String run) {
        return completed(run, "compress", TaskKind.COMPRESS)
                .setCompression(new CompressionResult(Specs.MODEL, "ba".repeat(32), 1000L, 1300L, 1500L, ELEMENTS, 1,
                        ELEMENTS))
                .setAlignment(alignment(0, 0))
                .build();
    }

    public static ServerTaskCompleted aligned(String run, int emulator, int adapter) {
        return completed(run, "align-" + emulator, TaskKind.ALIGN).setAlignment(alignment(emulator, adapter)).build();
    }

    public static ServerTaskCompleted evaluated(String run, int adapter, int emulator, double adapFuNll) {
        return completed(run, "evaluate-" + adapter, TaskKind.EVALUATE)
                .setEvaluation(new EvaluationResult(adapter, emulator, List.of(
                        score(EvaluatedModel.RAW_FULL, 3), score(EvaluatedModel.ADAP_FU, adapFuNll))))
                .build();
    }

    public static ServerTaskCompleted exported(String run, int adapter) {
        return completed(run, "export-" + adapter, TaskKind.EXPORT)
                .setExport(new ExportResult(adapter, "/out/adapter", "/out/merged")).build();
    }

    public static ServerTaskFailed taskFailed(String run, String taskId, TaskKind kind) {
        return new ServerTaskFailed(run, taskId, kind, "worker-1", "disk full");
    }

    public static ServerTaskCompleted.Builder completed(String run, String taskId, TaskKind kind) {
        return ServerTaskCompleted.newBuilder().setRunId(run).setTaskId(taskId).setKind(kind).setWorker("worker-1")
                .setDurationMillis(5);
    }

    public static ChunkRef moments(int emulator) {
        return new ChunkRef(Sha256.of(bytes("moments " + emulator)), 8, 0, (long) emulator);
    }

    private static AlignmentResult alignment(int emulator, int adapter) {
        AlignmentLoss loss = new AlignmentLoss(1.0, 1.0, 2.0);
        return AlignmentResult.newBuilder().setEmulatorVersion(emulator).setEmulatorSha256(emulatorSha256(emulator))
                .setAdapterVersion(adapter).setSteps(2).setBefore(loss).setAfter(loss)
                .setOptimiserState(List.of(moments(emulator))).build();
    }

    private static ModelScore score(EvaluatedModel model, double nll) {
        return new ModelScore(model, nll, Math.exp(nll), -1.0, 5, 0, 50L, -1.0, 0);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
