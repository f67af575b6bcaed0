package org.fedbiot.aggregator.stream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.fedbiot.aggregator.SignedUpdate;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AdapterShard;
import org.fedbiot.schemas.event.DeadLetter;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunAccepted;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.ServerMoment;
import org.fedbiot.schemas.event.UpdateManifest;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventHeaders;
import org.fedbiot.schemas.wire.EventKeys;
import org.fedbiot.schemas.wire.EventSerde;

/** The whole topology without a broker, on one partition; all that it wrote is kept for the test to look at. */
final class Bench implements AutoCloseable {

    private static final String FOLDER = "bench-fold";

    private final EventSerde serde = new EventSerde();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final TopologyTestDriver driver;
    /** As they lie in their topic, for the fold to read again, on its own thread. */
    private final List<Arrival> submitted = Collections.synchronizedList(new ArrayList<>());
    private final ExecutorService folders = Executors.newSingleThreadExecutor(work -> new Thread(work, FOLDER));
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private long controlEnd = Long.MAX_VALUE;
    private final List<SpecificRecord> verdicts = new ArrayList<>();
    private final List<AdapterPublished> published = new ArrayList<>();
    private final List<AdapterShard> folded = new ArrayList<>();
    private final List<Long> foldedAtMillis = new ArrayList<>();
    private long lastMillis;
    private final List<ServerMoment> moments = new ArrayList<>();
    private final List<DeadLetter> deadLetters = new ArrayList<>();

    Bench(Path stateDirectory) {
        this(stateDirectory, Duration.ofMinutes(1));
    }

    /** @param patience with a fold, before the topology goes on with the next record */
    Bench(Path stateDirectory, Duration patience) {
        KafkaSettings settings = new KafkaSettings("unused:9092", "mock://bench");
        Properties properties = settings.streams("bench-" + UUID.randomUUID(), stateDirectory, 1);
        properties.put("rocksdb.config.setter", BoundedRocksMemory.class.getName());
        driver = new TopologyTestDriver(
                AggregatorTopology.build(1, partition -> log(),
                        new FoldThreads(folders, patience, patience, stateDirectory), new AggregatorMeters(registry)),
                properties);
        serde.configure(Map.of("schema.registry.url", "mock://bench"), false);
    }

    Bench send(SpecificRecord... events) {
        for (SpecificRecord event : events) {
            Topic topic = topicOf(event);
            raw(topic, keyOf(event), serde.serializer().serialize(topic.name(), event));
        }
        return this;
    }

    Bench send(List<? extends SpecificRecord> events) {
        return send(events.toArray(SpecificRecord[]::new));
    }

    Bench send(SignedUpdate update) {
        return send(update.shards()).send(update.manifest());
    }

    /** As a restore writes them. */
    Bench restored(List<? extends SpecificRecord> events) {
        for (SpecificRecord event : events) {
            Topic topic = topicOf(event);
            Headers headers = new RecordHeaders();
            headers.add(EventHeaders.RESTORED, "sha256 of an archive".getBytes(StandardCharsets.UTF_8));
            raw(topic, keyOf(event), serde.serializer().serialize(topic.name(), event), headers);
        }
        return this;
    }

    Bench raw(Topic topic, String key, byte[] value) {
        return raw(topic, key, value, new RecordHeaders());
    }

    private Bench raw(Topic topic, String key, byte[] value, Headers headers) {
        TestInputTopic<String, byte[]> input =
                driver.createInputTopic(topic.name(), new StringSerializer(), new ByteArraySerializer());
        if (topic.equals(Topics.UPDATE_SHARD)) {
            submitted.add(new Arrival(topic.name(), 0, submitted.size(), key, value));
        }
        input.pipeInput(new TestRecord<>(key, value, headers, ++lastMillis));
        readAll();
        return this;
    }

    private void readAll() {
        read(Topics.UPDATE_VERDICT, SpecificRecord.class, verdicts);
        read(Topics.ADAPTER_MANIFEST, AdapterPublished.class, published);
        readFolded();
        read(Topics.SERVER_MOMENT, ServerMoment.class, moments);
        read(Topics.AGGREGATOR_DEAD_LETTER, DeadLetter.class, deadLetters);
    }

    /** From here on no fold can read a submitted shard. */
    void holdFolds() {
        gate = new CountDownLatch(1);
    }

    /** Lets them read, and waits for the one that is begun; it is published when time passes. */
    void letFoldsEnd() throws Exception {
        gate.countDown();
        folders.submit(() -> { }).get(1, TimeUnit.MINUTES);
    }

    void passTime() {
        driver.advanceWallClockTime(Duration.ofMillis(100));
        readAll();
    }

    double counted(String meter, String... tags) {
        return registry.get(meter).tags(tags).counter().count();
    }

    List<SpecificRecord> verdicts() {
        return verdicts;
    }

    <T> List<T> verdicts(Class<T> type) {
        return verdicts.stream().filter(type::isInstance).map(type::cast).toList();
    }

    List<AdapterPublished> published() {
        return published;
    }

    List<AdapterShard> folded() {
        return folded;
    }

    /** Times of the folded shards' records. */
    List<Long> foldedAtMillis() {
        return foldedAtMillis;
    }

    /** Of the record that was sent last; each has a time of its own. */
    long lastMillis() {
        return lastMillis;
    }

    List<ServerMoment> moments() {
        return moments;
    }

    List<DeadLetter> deadLetters() {
        return deadLetters;
    }

    byte[] serialize(Topic topic, SpecificRecord event) {
        return serde.serializer().serialize(topic.name(), event);
    }

    /** Keys that a store of the first half or the second still has. */
    List<String> keys(String store) {
        List<String> keys = new ArrayList<>();
        try (var all = driver.<String, byte[]>getKeyValueStore(store).all()) {
            all.forEachRemaining(entry -> keys.add(entry.key));
        }
        return keys;
    }

    @Override
    public void close() {
        driver.close();
        folders.shutdownNow();
    }

    /** As if retention or somebody had taken a submitted shard away, or put another record in its place. */
    void replaceSubmitted(int offset, byte[] value) {
        submitted.set(offset, value == null ? null : new Arrival(Topics.UPDATE_SHARD.name(), 0, offset, "", value));
    }

    /** As if the control events ended here when a record comes; unless told, they have no end. */
    void controlEndsAt(long offset) {
        controlEnd = offset;
    }

    private PartitionLog log() {
        return new PartitionLog() {

            @Override
            public Optional<Arrival> shard(long offset) {
                if (Thread.currentThread().getName().equals(FOLDER)) {
                    pass(gate);
                }
                return Optional.ofNullable(submitted.get((int) offset));
            }

            @Override
            public void expect(long offset) {
                // Whatever is asked for is here at once.
            }

            @Override
            public long controlEnd() {
                return controlEnd;
            }

            @Override
            public void close() {
                // The driver and its topics stay.
            }
        };
    }

    private static void pass(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private void readFolded() {
        driver.createOutputTopic(Topics.ADAPTER_SHARD.name(), new StringDeserializer(), serde.deserializer())
                .readRecordsToList().forEach(record -> {
                    folded.add((AdapterShard) record.value());
                    foldedAtMillis.add(record.timestamp());
                });
    }

    private <T> void read(Topic topic, Class<T> type, List<T> into) {
        TestOutputTopic<String, SpecificRecord> output =
                driver.createOutputTopic(topic.name(), new StringDeserializer(), serde.deserializer());
        output.readValuesToList().forEach(value -> into.add(type.cast(value)));
    }

    private static Topic topicOf(SpecificRecord event) {
        if (event instanceof UpdateShard) {
            return Topics.UPDATE_SHARD;
        }
        if (event instanceof UpdateManifest) {
            return Topics.UPDATE_MANIFEST;
        }
        if (event instanceof ServerMoment) {
            return Topics.SERVER_MOMENT;
        }
        return event instanceof AdapterShard ? Topics.ADAPTER_SHARD : Topics.AGGREGATION_CONTROL;
    }

    private static String keyOf(SpecificRecord event) {
        if (event instanceof UpdateShard shard) {
            return EventKeys.shard(shard.getRunId(), shard.getRound(), shard.getClientId(), shard.getShard());
        }
        if (event instanceof UpdateManifest manifest) {
            return EventKeys.client(manifest.getRunId(), manifest.getRound(), manifest.getClientId());
        }
        if (event instanceof AdapterShard shard) {
            return EventKeys.adapterShard(shard.getRunId(), shard.getVersion(), shard.getShard());
        }
        if (event instanceof ServerMoment moment) {
            return EventKeys.moment(moment.getRunId(), moment.getVersion(), moment.getShard(), moment.getMoment());
        }
        if (event instanceof RunAccepted accepted) {
            return EventKeys.run(accepted.getRunId());
        }
        if (event instanceof RoundOpened opened) {
            return EventKeys.round(opened.getRunId(), opened.getRound());
        }
        return event instanceof RoundClosed closed
                ? EventKeys.round(closed.getRunId(), closed.getRound())
                : EventKeys.run(((RunEnded) event).getRunId());
    }
}
