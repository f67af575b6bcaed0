package org.fedbiot.worker.version;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.fedbiot.schemas.event.AdapterShard;
import org.fedbiot.schemas.event.TensorChunk;
import org.fedbiot.schemas.integrity.Sha256;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches payloads by hash: first where the manifest says they lie, then, since that is only a hint, by a scan of the
 * topic. A record counts if its key is right and its bytes have the hash; whatever else it claims does not matter. One
 * thread at a time.
 */
public final class PayloadFetch implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(PayloadFetch.class);

    /** Takes what was fetched. */
    @FunctionalInterface
    public interface Sink {

        /**
         * @param index of the payload in the list asked for
         * @param bytes verified; valid during the call
         */
        void accept(int index, ByteBuffer bytes);
    }

    private final PayloadLog log;

    public PayloadFetch(PayloadLog log) {
        this.log = Objects.requireNonNull(log, "log");
    }

    /**
     * Fetches all payloads, each verified, in whatever order they lie; one named twice is fetched once and delivered
     * twice.
     *
     * @return bytes of the keys and values of the records read: those used, and all that a scan had to pass
     * @throws PayloadMissingException if one is not in the topic; names key, hash, hint, and any record that had the
     *     key and other bytes
     * @throws InterruptedException if the worker is closed meanwhile
     */
    public long fetch(List<Payload> payloads, Sink sink) throws InterruptedException {
        Pending pending = new Pending(payloads, sink);
        List<PayloadLog.Place> places = payloads.stream().filter(Payload::isHinted)
                .map(payload -> new PayloadLog.Place(payload.partition(), payload.offset())).distinct().toList();
        log.readAt(places, record -> {
            if (pending.offer(record)) {
                pending.read += size(record);
            }
            return !pending.isEmpty();
        });
        if (!pending.isEmpty()) {
            LOGGER.atWarn().addKeyValue("topic", log.topic()).addKeyValue("missing", pending.indices.size())
                    .addKeyValue("payloads", payloads.size())
                    .log("payloads are not where their manifest says; the topic is scanned");
            log.readAll(record -> {
                pending.offer(record);
                pending.read += size(record);
                return !pending.isEmpty();
            });
        }
        pending.requireEmpty();
        return pending.read;
    }

    @Override
    public void close() {
        log.close();
    }

    private static long size(ConsumerRecord<String, SpecificRecord> record) {
        return (long) Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
    }

    /** What is still wanted. */
    private final class Pending {

        private record Identity(String key, String sha256) {
        }

        private final List<Payload> payloads;
        private final Sink sink;
        private final Map<Identity, List<Integer>> indices = new LinkedHashMap<>();
        private final Map<String, String> impostors = new LinkedHashMap<>();
        private long read;

        Pending(List<Payload> payloads, Sink sink) {
            this.payloads = payloads;
            this.sink = sink;
            for (int index = 0; index < payloads.size(); index++) {
                Payload payload = payloads.get(index);
                indices.computeIfAbsent(new Identity(payload.key(), payload.sha256()), key -> new ArrayList<>())
                        .add(index);
            }
        }

        boolean isEmpty() {
            return indices.isEmpty();
        }

        /** Whether the record was one that is wanted. */
        boolean offer(ConsumerRecord<String, SpecificRecord> record) {
            ByteBuffer bytes = bytes(record.value());
            if (bytes == null || indices.keySet().stream().noneMatch(wanted -> wanted.key().equals(record.key()))) {
                return false;
            }
            String sha256 = Sha256.of(bytes);
            List<Integer> found = indices.remove(new Identity(record.key(), sha256));
            if (found == null) {
                impostors.put(record.key(), "the record at partition %d, offset %d has the key but the hash %s"
                        .formatted(record.partition(), record.offset(), sha256));
                return false;
            }
            found.forEach(index -> sink.accept(index, bytes.asReadOnlyBuffer()));
            return true;
        }

        void requireEmpty() {
            if (isEmpty()) {
                return;
            }
            Payload first = payloads.get(indices.values().iterator().next().get(0));
            String impostor = impostors.containsKey(first.key()) ? "; " + impostors.get(first.key()) : "";
            throw new PayloadMissingException(
                    "%d of %d payloads are not in topic %s, the first is %s with hash %s, said to be at partition %d, offset %d%s"
                            .formatted(indices.size(), payloads.size(), log.topic(), first.key(), first.sha256(),
                                    first.partition(), first.offset(), impostor));
        }
    }

    private static ByteBuffer bytes(SpecificRecord event) {
        if (event instanceof TensorChunk chunk) {
            return chunk.getData();
        }
        return event instanceof AdapterShard shard ? shard.getData() : null;
    }
}
