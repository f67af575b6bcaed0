package org.fedbiot.worker.server;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.event.ChunkRef;
import org.fedbiot.schemas.event.EmulatorPublished;
import org.fedbiot.schemas.integrity.LittleEndian;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;
import org.fedbiot.worker.version.PayloadPublisher;

/** Writes what clients fetch: chunks of the compressed model and of emulator versions. */
final class EmulatorPublisher {

    private final EventProducer producer;
    private final PayloadPublisher chunks;

    EmulatorPublisher(EventProducer producer) {
        this.producer = Objects.requireNonNull(producer, "producer");
        this.chunks = new PayloadPublisher((key, event) -> producer.send(Topics.EMULATOR_CHUNK, key, event));
    }

    PayloadPublisher.Sending send(String runId, ByteBuffer bytes) {
        return chunks.send(runId, bytes);
    }

    /** Writes the chunks of an emulator version, waits for them, and gives the manifest to be written. */
    EmulatorPublished version(String runId, int version, String baseSha256, int adapterVersion, FactorVector factors)
            throws InterruptedException {
        float[] values = factors.values();
        List<ChunkRef> refs = send(runId, LittleEndian.bytes(values, 0, values.length)).await();
        return EmulatorPublished.newBuilder().setRunId(runId).setVersion(version)
                .setSha256(Sha256.ofHashes(refs.stream().map(ChunkRef::getSha256).toList()))
                .setBaseSha256(baseSha256).setAdapterVersion(adapterVersion).setElements(values.length)
                .setChunks(refs).build();
    }

    /** Writes the manifest of a version and waits for it: from now on clients may be sent to it. */
    void announce(EmulatorPublished manifest) {
        producer.send(Topics.EMULATOR_MANIFEST, EventKeys.version(manifest.getRunId(), manifest.getVersion()),
                manifest);
        producer.awaitAll();
    }
}
