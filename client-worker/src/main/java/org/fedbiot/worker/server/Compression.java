package org.fedbiot.worker.server;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.fedbiot.learning.method.Alignment;
import org.fedbiot.learning.method.AlignmentOutcome;
import org.fedbiot.learning.method.CompressedModel;
import org.fedbiot.learning.method.CompressedTensor;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.event.AdapterShard;
import org.fedbiot.schemas.event.BasePublished;
import org.fedbiot.schemas.event.ChunkRef;
import org.fedbiot.schemas.event.CompressionResult;
import org.fedbiot.schemas.event.EmulatorPublished;
import org.fedbiot.schemas.event.FileRef;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.TensorRef;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.integrity.ShardPlan;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;
import org.fedbiot.worker.MethodOptions;
import org.fedbiot.worker.version.PayloadPublisher;

/**
 * Cuts the full model, aligns the emulator for the first time, and publishes what clients start from: the compressed
 * model, emulator version 0, and the shards of adapter version 0, whose manifest the aggregator makes (design 3, step 2).
 */
final class Compression implements ServerTask {

    private final EventProducer producer;
    private final FullModels models;
    private final EmulatorPublisher publisher;
    private final EmulatorTraining training;

    Compression(EventProducer producer, FullModels models, EmulatorPublisher publisher, EmulatorTraining training) {
        this.producer = Objects.requireNonNull(producer, "producer");
        this.models = Objects.requireNonNull(models, "models");
        this.publisher = Objects.requireNonNull(publisher, "publisher");
        this.training = Objects.requireNonNull(training, "training");
    }

    @Override
    public void run(ServerTaskAssigned task, ServerTaskCompleted.Builder result, TaskReport report)
            throws InterruptedException {
        RunSpec spec = task.getSpec();
        report.begin("load");
        try (RunModel model = RunModel.of(models.get(spec.getModel()), spec)) {
            FactorVector adapter = Alignment.initialAdapter(model.split(), model.lora(), spec.getSeed());
            FactorVector emulator = Alignment.initialEmulator(model.split(), model.lora(), spec.getSeed());
            int steps = spec.getAlignment().getPreSteps();
            AlignmentOutcome aligned = training.run(task, model, adapter, emulator, 0, steps, report);
            int alignedWith = steps == 0 ? -1 : 0;

            report.begin("publish");
            BasePublished base = publishTensors(spec, model);
            int shards = publishAdapter(producer, spec, adapter);
            EmulatorPublished version = publisher.version(spec.getRunId(), 0, base.getBaseSha256(), alignedWith,
                    aligned.emulator());
            producer.awaitAll();
            producer.send(Topics.EMULATOR_MANIFEST, EventKeys.run(spec.getRunId()), base);
            producer.awaitAll();
            publisher.announce(version);

            result.setAlignment(training.result(task, version, alignedWith, aligned));
            result.setCompression(CompressionResult.newBuilder().setModelSha256(spec.getModel().getSha256())
                    .setBaseSha256(base.getBaseSha256()).setBootstrapBytes(base.getBytes())
                    .setHeldParameters(base.getHeldParameters()).setTotalParameters(base.getTotalParameters())
                    .setAdapterElements(adapter.layout().elements()).setAdapterShards(shards)
                    .setEmulatorElements(aligned.emulator().layout().elements()).build());
        }
    }

    /** Sends the compressed model's chunks, waits for them, and gives the manifest to be sent. */
    private BasePublished publishTensors(RunSpec spec, RunModel model) throws InterruptedException {
        CompressedModel compressed = CompressedModel.of(model.full().weights(), model.split().split());
        List<PayloadPublisher.Sending> tensorChunks = new ArrayList<>();
        for (CompressedTensor tensor : compressed.tensors()) {
            tensorChunks.add(publisher.send(spec.getRunId(), tensor.bytes()));
        }
        List<TensorRef> tensors = new ArrayList<>();
        for (int i = 0; i < tensorChunks.size(); i++) {
            CompressedTensor tensor = compressed.tensors().get(i);
            tensors.add(TensorRef.newBuilder().setName(tensor.name())
                    .setDataType(MethodOptions.dataType(tensor.type())).setShape(tensor.shape())
                    .setChunks(tensorChunks.get(i).await()).build());
        }
        List<FileRef> files = new ArrayList<>();
        for (Map.Entry<String, byte[]> file : model.full().files().files(compressed.config(),
                model.full().weights().type()).entrySet()) {
            files.add(FileRef.newBuilder().setName(file.getKey())
                    .setChunks(publisher.send(spec.getRunId(), ByteBuffer.wrap(file.getValue())).await()).build());
        }
        List<ChunkRef> chunks = Stream.concat(tensors.stream().flatMap(tensor -> tensor.getChunks().stream()),
                files.stream().flatMap(file -> file.getChunks().stream())).toList();
        return BasePublished.newBuilder().setRunId(spec.getRunId()).setModelSha256(spec.getModel().getSha256())
                .setBaseSha256(Sha256.ofHashes(chunks.stream().map(ChunkRef::getSha256).toList()))
                .setSplit(spec.getSplit()).setLora(spec.getLora()).setDataType(spec.getModel().getDataType())
                .setTensors(tensors).setFiles(files)
                .setAdapterLayout(MethodOptions.layout(model.split().adapterLayout(model.lora())))
                .setEmulatorLayout(MethodOptions.layout(model.split().emulatorLayout(model.lora())))
                .setBytes(chunks.stream().mapToLong(ChunkRef::getBytes).sum())
                .setHeldParameters(compressed.heldParameters()).setTotalParameters(compressed.totalParameters())
                .build();
    }

    /** Starts to send the shards of adapter version 0 and gives their number. */
    static int publishAdapter(EventProducer producer, RunSpec spec, FactorVector adapter) {
        float[] values = adapter.values();
        ShardPlan plan = new ShardPlan(values.length, spec.getAggregation().getShardBytes());
        List<ByteBuffer> shards = plan.cut(values);
        for (int shard = 0; shard < shards.size(); shard++) {
            producer.send(Topics.ADAPTER_SHARD, plan.partition(shard),
                    EventKeys.adapterShard(spec.getRunId(), 0, shard),
                    AdapterShard.newBuilder().setRunId(spec.getRunId()).setVersion(0).setRound(0).setShard(shard)
                            .setShards(plan.shards()).setStart(plan.start(shard)).setElements(plan.elements())
                            .setSha256(Sha256.of(shards.get(shard))).setData(shards.get(shard)).build());
        }
        return plan.shards();
    }
}
