package org.fedbiot.worker.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.BasePublished;
import org.fedbiot.schemas.event.ChunkRef;
import org.fedbiot.schemas.event.FileRef;
import org.fedbiot.schemas.event.TensorRef;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.worker.version.KafkaPayloadLog;
import org.fedbiot.worker.version.Payload;
import org.fedbiot.worker.version.PayloadFetch;
import org.fedbiot.worker.version.PayloadMissingException;
import org.fedbiot.worker.version.PayloadPublisher;
import org.fedbiot.worker.version.VersionCatalog;

/**
 * Copies a compressed model from one run to another, chunk by chunk, each verified on its way. A fork holds all that it
 * stands on, so that its archive is whole without its origin's. One thread at a time.
 */
final class OriginBase implements AutoCloseable {

    private final VersionCatalog catalog;
    private final EmulatorPublisher publisher;
    private final PayloadFetch chunks;

    /** @param catalog stays the caller's to close */
    OriginBase(KafkaSettings settings, String clientId, VersionCatalog catalog, EmulatorPublisher publisher) {
        this.catalog = catalog;
        this.publisher = publisher;
        this.chunks = new PayloadFetch(new KafkaPayloadLog(settings, clientId + "-origin", Topics.EMULATOR_CHUNK));
    }

    /**
     * Writes the chunks of a base under another run, waits for them, and gives the manifest to be written.
     *
     * @throws PayloadMissingException if the origin lacks it, or it is not what its hash says
     * @throws InterruptedException if the worker is closed meanwhile
     */
    BasePublished copy(String originRunId, String baseSha256, String runId) throws InterruptedException {
        BasePublished origin = catalog.base(originRunId, baseSha256).value();
        List<ChunkRef> refs = Stream.concat(
                origin.getTensors().stream().flatMap(tensor -> tensor.getChunks().stream()),
                origin.getFiles().stream().flatMap(file -> file.getChunks().stream())).toList();
        String found = Sha256.ofHashes(refs.stream().map(ChunkRef::getSha256).toList());
        if (!found.equals(baseSha256)) {
            throw new PayloadMissingException("run %s: base model announced with hash %s, its chunks give %s".formatted(
                    originRunId, baseSha256, found));
        }
        Map<String, PayloadPublisher.Sending> sending = new LinkedHashMap<>();
        chunks.fetch(Payload.chunks(originRunId, refs), (index, bytes) ->
                sending.computeIfAbsent(refs.get(index).getSha256(), unused -> publisher.send(runId, bytes)));
        Map<String, ChunkRef> copies = new LinkedHashMap<>();
        for (Map.Entry<String, PayloadPublisher.Sending> sent : sending.entrySet()) {
            copies.put(sent.getKey(), only(originRunId, sent.getKey(), sent.getValue().await()));
        }
        return BasePublished.newBuilder(origin).setRunId(runId)
                .setTensors(origin.getTensors().stream().map(tensor -> TensorRef.newBuilder(tensor)
                        .setChunks(places(tensor.getChunks(), copies)).build()).toList())
                .setFiles(origin.getFiles().stream().map(file -> FileRef.newBuilder(file)
                        .setChunks(places(file.getChunks(), copies)).build()).toList())
                .build();
    }

    @Override
    public void close() {
        chunks.close();
    }

    private static List<ChunkRef> places(List<ChunkRef> refs, Map<String, ChunkRef> copies) {
        List<ChunkRef> places = new ArrayList<>(refs.size());
        refs.forEach(ref -> places.add(copies.get(ref.getSha256())));
        return places;
    }

    private static ChunkRef only(String originRunId, String sha256, List<ChunkRef> sent) {
        if (sent.size() != 1 || !sent.get(0).getSha256().equals(sha256)) {
            throw new PayloadMissingException("run %s: chunk %s is larger than this release writes one".formatted(
                    originRunId, sha256));
        }
        return sent.get(0);
    }
}
