package org.fedbiot.chaos;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.ClientFailed;
import org.fedbiot.schemas.event.ClientJoined;
import org.fedbiot.schemas.event.ClientLeaving;
import org.fedbiot.schemas.event.UpdateManifest;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.integrity.CanonicalBytes;
import org.fedbiot.schemas.integrity.SigningKey;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventSerializer;

/** Writes what it likes, and remembers where it came to lie and what is to be said of it. */
final class Thrower implements AutoCloseable {

    /**
     * A record that must end in the dead letters.
     *
     * @param reason part of what its dead letter says
     */
    record Bad(String topic, int partition, long offset, String reason) {
    }

    private final EventProducer events;
    private final KafkaProducer<String, byte[]> bytes;
    private final EventSerializer serializer = new EventSerializer();
    private final List<Bad> bad = new ArrayList<>();

    Thrower(KafkaSettings kafka) {
        events = new EventProducer(kafka, "thrower");
        bytes = new KafkaProducer<>(Map.of("bootstrap.servers", kafka.bootstrapServers()), new StringSerializer(),
                new ByteArraySerializer());
        serializer.configure(Map.of("schema.registry.url", kafka.schemaRegistryUrl()), false);
    }

    /** An update's records in the order that no client sends them in: manifest first, last shard first. */
    void backwards(ClientUpdate update) {
        send(update.manifest());
        for (int shard = update.shards().size() - 1; shard >= 0; shard--) {
            send(update.shards().get(shard));
        }
        events.awaitAll();
    }

    CompletableFuture<RecordMetadata> send(UpdateManifest manifest) {
        return events.send(Topics.UPDATE_MANIFEST, "manifest", manifest);
    }

    CompletableFuture<RecordMetadata> send(UpdateShard shard) {
        return send(shard, Math.floorMod(shard.getShard(), Topics.SHARD_PARTITIONS));
    }

    CompletableFuture<RecordMetadata> send(UpdateShard shard, int partition) {
        return events.send(Topics.UPDATE_SHARD, partition, "shard", shard);
    }

    void bad(CompletableFuture<RecordMetadata> sent, String reason) {
        RecordMetadata at = sent.join();
        bad.add(new Bad(at.topic(), at.partition(), at.offset(), reason));
    }

    void undecodable(Topic topic, byte[] value, String reason) {
        try {
            RecordMetadata at = bytes.send(new ProducerRecord<>(topic.name(), "bytes", value)).get();
            bad.add(new Bad(at.topic(), at.partition(), at.offset(), reason));
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A good record whose end is missing. */
    void truncated(UpdateShard shard) {
        byte[] whole = serializer.serialize(Topics.UPDATE_SHARD.name(), shard);
        undecodable(Topics.UPDATE_SHARD, Arrays.copyOf(whole, whole.length - 10), "undecodable");
    }

    List<Bad> bad() {
        return List.copyOf(bad);
    }

    void joins(String client, SigningKey key) {
        ClientJoined event = ClientJoined.newBuilder().setClientId(client).setDatasetSamples(1).setHeldOutSamples(0)
                .setSkippedSamples(0).setDevice("cpu").setKeyId(key.keyId()).build();
        presence(client, ClientJoined.newBuilder(event).setSignature(signature(key, CanonicalBytes.of(event))).build());
    }

    CompletableFuture<RecordMetadata> fails(String client, int round, SigningKey key) {
        ClientFailed event = ClientFailed.newBuilder().setRunId(TrialFiles.RUN_ID).setRound(round).setClientId(client)
                .setReason("does not train").setKeyId(key.keyId()).build();
        return presence(client,
                ClientFailed.newBuilder(event).setSignature(signature(key, CanonicalBytes.of(event))).build());
    }

    void leaves(String client, SigningKey key) {
        ClientLeaving event = ClientLeaving.newBuilder().setClientId(client).setReason("done").setKeyId(key.keyId())
                .build();
        presence(client,
                ClientLeaving.newBuilder(event).setSignature(signature(key, CanonicalBytes.of(event))).build());
    }

    private CompletableFuture<RecordMetadata> presence(String client, SpecificRecord event) {
        CompletableFuture<RecordMetadata> sent = events.send(Topics.CLIENT_PRESENCE, client, event);
        events.awaitAll();
        return sent;
    }

    private static ByteBuffer signature(SigningKey key, byte[] canonical) {
        return ByteBuffer.wrap(key.sign(canonical));
    }

    @Override
    public void close() {
        try (bytes) {
            events.close();
        }
    }
}
