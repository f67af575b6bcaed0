package org.fedbiot.cli.exposure;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.fedbiot.learning.format.BaseModel;
import org.fedbiot.learning.method.CompressedModel;
import org.fedbiot.learning.method.CompressedTensor;
import org.fedbiot.learning.method.LayerSplit;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.model.LlamaWeights;
import org.fedbiot.schemas.event.BasePublished;
import org.fedbiot.schemas.event.ChunkRef;
import org.fedbiot.schemas.event.LoraSettings;
import org.fedbiot.schemas.event.SplitSpec;
import org.fedbiot.schemas.event.TensorChunk;
import org.fedbiot.schemas.event.TensorRef;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.worker.MethodOptions;
import org.fedbiot.worker.version.PayloadPublisher;

/** What a server worker publishes of a model for one run. */
record PublishedBase(BasePublished manifest, List<TensorChunk> chunks) {

    PublishedBase {
        chunks = List.copyOf(chunks);
    }

    static PublishedBase of(String runId, Path location, LayerSplit split, BaseType type) throws InterruptedException {
        BaseModel model = BaseModel.open(location);
        List<TensorChunk> chunks = new ArrayList<>();
        PayloadPublisher publisher = new PayloadPublisher((key, event) -> acknowledged(chunks, event));
        try (LlamaWeights weights = LlamaWeights.load(model.config(), model.tensors(), type)) {
            CompressedModel compressed = CompressedModel.of(weights, split);
            List<TensorRef> tensors = new ArrayList<>();
            for (CompressedTensor tensor : compressed.tensors()) {
                tensors.add(TensorRef.newBuilder().setName(tensor.name())
                        .setDataType(MethodOptions.dataType(type)).setShape(tensor.shape())
                        .setChunks(publisher.send(runId, tensor.bytes()).await()).build());
            }
            return new PublishedBase(BasePublished.newBuilder().setRunId(runId).setModelSha256(model.sha256())
                    .setBaseSha256(Sha256.ofHashes(tensors.stream().flatMap(tensor -> tensor.getChunks().stream())
                            .map(ChunkRef::getSha256).toList()))
                    .setSplit(SplitSpec.newBuilder().setBackAdapterLayers(split.backAdapterLayers().size())
                            .setDropRate(0.2).setTeacherLayers(split.teacherLayers())
                            .setKeptLayers(split.keptLayers()).setAdapterLayers(split.adapterLayers()).build())
                    .setLora(LoraSettings.newBuilder().setRank(4).setAlpha(8).setTargets(List.of("q", "v")).build())
                    .setDataType(MethodOptions.dataType(type)).setTensors(tensors).setFiles(List.of())
                    .setAdapterLayout(List.of()).setEmulatorLayout(List.of())
                    .setBytes(chunks.stream().mapToLong(chunk -> chunk.getData().remaining()).sum())
                    .setHeldParameters(compressed.heldParameters()).setTotalParameters(compressed.totalParameters())
                    .build(), chunks);
        }
    }

    /** The same with other bytes in one chunk, manifest included. */
    PublishedBase withChanged(String tensor, UnaryOperator<ByteBuffer> change) {
        String before = manifest.getTensors().stream().filter(ref -> ref.getName().equals(tensor)).findFirst()
                .orElseThrow().getChunks().get(0).getSha256();
        TensorChunk changed = chunks.stream().filter(chunk -> chunk.getSha256().equals(before)).findFirst()
                .map(chunk -> chunk(chunk.getRunId(), change.apply(ByteBuffer.allocate(chunk.getData().remaining())
                        .put(chunk.getData().duplicate()).flip()))).orElseThrow();
        List<TensorRef> tensors = manifest.getTensors().stream().map(ref -> TensorRef.newBuilder(ref)
                .setChunks(ref.getChunks().stream().map(chunk -> chunk.getSha256().equals(before)
                        ? ChunkRef.newBuilder(chunk).setSha256(changed.getSha256()).build() : chunk).toList())
                .build()).toList();
        return new PublishedBase(BasePublished.newBuilder(manifest).setTensors(tensors).build(), chunks.stream()
                .map(chunk -> chunk.getSha256().equals(before) ? changed : chunk).toList());
    }

    static TensorChunk chunk(String runId, ByteBuffer bytes) {
        return TensorChunk.newBuilder().setRunId(runId).setSha256(Sha256.of(bytes)).setData(bytes).build();
    }

    void readInto(Readings readings) {
        readings.add(manifest);
        chunks.forEach(readings::add);
    }

    private static CompletableFuture<RecordMetadata> acknowledged(List<TensorChunk> chunks, SpecificRecord event) {
        chunks.add((TensorChunk) event);
        return CompletableFuture.completedFuture(
                new RecordMetadata(new TopicPartition("chunks", 0), chunks.size() - 1L, 0, 0, 0, 0));
    }
}
