package org.fedbiot.aggregator.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.KafkaStreams;
import org.fedbiot.aggregator.Federation;
import org.fedbiot.aggregator.NaiveFold;
import org.fedbiot.aggregator.SignedUpdate;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.infra.EmbeddedRegistry;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AdapterShard;
import org.fedbiot.schemas.event.AggregationRule;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.ServerOptimiser;
import org.fedbiot.schemas.event.ShardRef;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateRejected;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process over a real broker and registry, with restarts. */
class AggregatorIT {

    private static final Logger LOGGER = LoggerFactory.getLogger(AggregatorIT.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int ELEMENTS = 300_001;

    private final double[] samples = {10, 33, 7};
    private final List<SpecificRecord> outcomes = new ArrayList<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    @TempDir
    private Path directory;
    private EmbeddedKafka kafka;
    private EmbeddedRegistry registry;
    private KafkaSettings settings;
    private EventProducer producer;
    private EventReader reader;
    private Federation federation = new Federation("run", ELEMENTS, 128 * 1024, 0, "a", "b", "c");

    @BeforeEach
    void startKafka() {
        kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
        registry = EmbeddedRegistry.start(kafka.bootstrapServers(), 0);
        settings = new KafkaSettings(kafka.bootstrapServers(), registry.url());
        try (Admin admin = Admin.create(settings.admin())) {
            TopicCreation.createMissing(admin, (short) 1);
        }
        producer = new EventProducer(settings, "others");
        reader = new EventReader(settings, "observer", Topics.ADAPTER_MANIFEST, Topics.UPDATE_VERDICT);
    }

    @AfterEach
    void stopKafka() {
        reader.close();
        producer.close();
        registry.close();
        kafka.close();
    }

    @Test
    void shouldNotStartOnTopicsThatForget() throws Exception {
        try (Admin admin = Admin.create(settings.admin());
                AggregatorProcess process = new AggregatorProcess(settings, directory.resolve("unused"), 1)) {
            admin.incrementalAlterConfigs(Map.of(
                    new ConfigResource(ConfigResource.Type.TOPIC, Topics.UPDATE_SHARD.name()),
                    List.of(new AlterConfigOp(new ConfigEntry("retention.bytes", "1"), AlterConfigOp.OpType.SET))))
                    .all().get();

            assertThatThrownBy(process::start).isInstanceOf(IllegalStateException.class)
                    .hasMessageContainingAll(Topics.UPDATE_SHARD.name(), "retention.bytes 1", "says -1");
        }
    }

    @ParameterizedTest
    @CsvSource({"MEAN, NONE, 1", "TRIMMED_MEAN, FED_ADAM, 4"})
    void shouldPublishEachVersionOnceWithTheSameBytesAcrossRestarts(AggregationRule rule, ServerOptimiser optimiser,
            int threads) {
        // Given version 0, with the first update shards of round 1 sent before anybody reads them
        AggregationSettings rules = AggregationSettings.newBuilder().setRule(rule).setTrimShare(0.34)
                .setServerOptimiser(optimiser).setShardBytes(128 * 1024).build();
        federation = new Federation("run", ELEMENTS, rules, "a", "b", "c");
        float[] base = federation.vector(1);
        NaiveFold oracle = new NaiveFold(rules, base);
        federation.adapter(0, base).forEach(this::send);
        RoundOpened first = federation.opened(1, base);
        List<SignedUpdate> firstUpdates = updates(first);
        control(first);
        firstUpdates.forEach(this::send);
        producer.awaitAll();

        // When the process is stopped between the verdicts and the close, and goes on with its state
        AggregatorProcess process = started("state", threads);
        await("version 0 and the verdicts of round 1", () -> published(0).isPresent() && accepted(1) == 3);
        process.close();
        control(federation.closed(first, firstUpdates));
        process = started("state", threads);
        await("version 1", () -> published(1).isPresent());

        // When it is stopped amid the uploads of round 2, and another goes on whose disk is empty
        float[] afterFirst = naive(oracle, first);
        RoundOpened second = federation.opened(2, afterFirst);
        List<SignedUpdate> secondUpdates = updates(second);
        control(second);
        send(secondUpdates.get(0));
        secondUpdates.get(1).shards().subList(0, 4).forEach(this::send);
        producer.awaitAll();
        await("the first verdict of round 2", () -> accepted(2) == 1);
        process.close();
        process = started("empty-state", threads);
        secondUpdates.get(1).shards().subList(4, federation.cut().shards()).forEach(this::send);
        producer.send(Topics.UPDATE_MANIFEST, "run/2/b", secondUpdates.get(1).manifest());
        send(secondUpdates.get(2));
        producer.awaitAll();
        await("the verdicts of round 2", () -> accepted(2) == 3);
        control(federation.closed(second, secondUpdates));
        await("version 2", () -> published(2).isPresent());

        // Then
        float[] afterSecond = naive(oracle, second);
        assertThat(published(0).orElseThrow().getSha256()).isEqualTo(federation.hash(base));
        assertThat(published(1).orElseThrow().getSha256()).isEqualTo(federation.hash(afterFirst));
        assertThat(published(2).orElseThrow().getSha256()).isEqualTo(federation.hash(afterSecond));

        // When a second instance joins, and one more round is timed
        AggregatorProcess other = started("other-state", threads);
        RoundOpened third = federation.opened(3, afterSecond);
        List<SignedUpdate> thirdUpdates = updates(third);
        control(third);
        long sent = System.nanoTime();
        thirdUpdates.forEach(this::send);
        producer.awaitAll();
        long uploaded = System.nanoTime();
        await("the verdicts of round 3", () -> accepted(3) == 3);
        long screened = System.nanoTime();
        control(federation.closed(third, thirdUpdates));
        await("version 3", () -> published(3).isPresent());
        long folded = System.nanoTime();
        LOGGER.info("round of 3 clients x {} shards x 128 KiB: upload {} ms, then screened {} ms, close to published "
                + "{} ms", federation.cut().shards(), millis(sent, uploaded), millis(uploaded, screened),
                millis(screened, folded));
        process.close();
        other.close();

        // Then nothing was said twice, and the hints lead to the shards
        drain();
        assertThat(published(3).orElseThrow().getSha256()).isEqualTo(federation.hash(naive(oracle, third)));
        assertThat(outcomes).filteredOn(AdapterPublished.class::isInstance)
                .extracting(outcome -> ((AdapterPublished) outcome).getVersion()).containsExactly(0, 1, 2, 3);
        assertThat(outcomes).filteredOn(UpdateAccepted.class::isInstance).hasSize(9);
        assertThat(outcomes).noneMatch(UpdateRejected.class::isInstance);
        assertHintsLeadToShards(published(3).orElseThrow());
        assertThat(failure.get()).isNull();
    }

    @Test
    void shouldTakeUpTheFoldsThatAnotherInstanceLeft() {
        // Given an instance whose folds stand behind something that does not end, and a closed round
        float[] base = federation.vector(1);
        federation.adapter(0, base).forEach(this::send);
        RoundOpened opened = federation.opened(1, base);
        List<SignedUpdate> updates = updates(opened);
        control(opened);
        updates.forEach(this::send);
        control(federation.closed(opened, updates));
        CountDownLatch never = new CountDownLatch(1);
        ExecutorService folders = Executors.newSingleThreadExecutor();
        folders.execute(() -> assertThatThrownBy(never::await).isInstanceOf(InterruptedException.class));
        Properties properties = settings.streams(AggregatorProcess.APPLICATION_ID, directory.resolve("stuck"), 1);
        properties.put("consumer.session.timeout.ms", "6000");
        try (KafkaStreams stuck = new KafkaStreams(AggregatorTopology.build(Topics.SHARD_PARTITIONS,
                partition -> new KafkaPartitionLog(settings, partition),
                new FoldThreads(folders, Duration.ZERO, Duration.ZERO, directory),
                new AggregatorMeters(new SimpleMeterRegistry())), properties)) {
            stuck.start();
            await("the notes", () -> unfolded().size() == federation.cut().shards());
        }
        assertThat(published(1)).isEmpty();

        // When another has the partitions, and nothing else comes
        AggregatorProcess process = started("taken", 1);

        // Then
        await("version 1", () -> published(1).isPresent());
        NaiveFold oracle = new NaiveFold(AggregationSettings.newBuilder().build(), base);
        assertThat(published(1).orElseThrow().getSha256()).isEqualTo(federation.hash(naive(oracle, opened)));
        await("the end of the notes", () -> unfolded().isEmpty());
        process.close();
        folders.shutdownNow();
    }

    /** Notes of folds that are to be done, as the changelog leaves them. */
    private Set<String> unfolded() {
        String changelog = AggregatorProcess.APPLICATION_ID + "-" + ScreeningProcessor.INDEX + "-changelog";
        List<TopicPartition> partitions = IntStream.range(0, Topics.SHARD_PARTITIONS)
                .mapToObj(partition -> new TopicPartition(changelog, partition)).toList();
        Set<String> unfolded = new HashSet<>();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                settings.consumer("notes", Optional.empty()), new StringDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(50)).forEach(record -> {
                    if (record.key().startsWith("~unfolded/") && record.value() != null) {
                        unfolded.add(record.key());
                    } else {
                        unfolded.remove(record.key());
                    }
                });
            }
        }
        return unfolded;
    }

    @Test
    void shouldStopWithTheCoordinatesOfACountedShardThatIsGoneFromTheLog() {
        // Given a screened round, of whose records somebody deletes the first
        float[] base = federation.vector(1);
        federation.adapter(0, base).forEach(this::send);
        RoundOpened opened = federation.opened(1, base);
        List<SignedUpdate> updates = updates(opened);
        control(opened);
        updates.forEach(this::send);
        producer.awaitAll();
        AggregatorProcess process = started("state", 1);
        await("the verdicts", () -> accepted(1) == 3);
        try (Admin admin = Admin.create(settings.admin())) {
            TopicPartition partition = new TopicPartition(Topics.UPDATE_SHARD.name(), 0);
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(1))).all()
                    .toCompletionStage().toCompletableFuture().join();
        }

        // When
        control(federation.closed(opened, updates));

        // Then
        await("the failure", () -> failure.get() != null);
        assertThat(failure.get()).hasStackTraceContaining("run run, round 1, client a, shard 0 with sha256 "
                + updates.get(0).manifest().getShardSha256().get(0) + ", screened at topic "
                + Topics.UPDATE_SHARD.name() + ", partition 0, offset 0: is not there any more");
        assertThat(published(1)).isEmpty();
        process.close();
    }

    @Test
    void shouldSayWhyItStopsWhenItCannotGoOn() {
        // Given records, and a process whose registry is not there
        KafkaSettings wrong = new KafkaSettings(kafka.bootstrapServers(), "http://localhost:1");
        AggregatorProcess process = new AggregatorProcess(wrong, directory.resolve("wrong"), 1);
        process.onFailure(failure::set);
        federation.adapter(0, federation.vector(1)).forEach(this::send);
        producer.awaitAll();

        // When
        process.startStreams();

        // Then
        await("the failure", () -> failure.get() != null);
        assertThat(failure.get()).hasStackTraceContaining("http://localhost:1");
        process.close();
    }

    private AggregatorProcess started(String state, int threads) {
        AggregatorProcess process = new AggregatorProcess(settings, directory.resolve(state), threads);
        process.onFailure(failure::set);
        process.start();
        return process;
    }

    private List<SignedUpdate> updates(RoundOpened opened) {
        List<SignedUpdate> updates = new ArrayList<>();
        for (int client = 0; client < samples.length; client++) {
            updates.add(federation.update(opened, federation.clients().get(client), (int) samples[client],
                    federation.vector(seed(opened, client))));
        }
        return updates;
    }

    private static long seed(RoundOpened opened, int client) {
        return opened.getRound() * 11L + client;
    }

    /** One round of an independent fold over whole vectors. */
    private float[] naive(NaiveFold oracle, RoundOpened opened) {
        oracle.round(IntStream.range(0, samples.length)
                .mapToObj(client -> federation.vector(seed(opened, client))).toList(), samples);
        return oracle.values();
    }

    private void send(SignedUpdate update) {
        update.shards().forEach(this::send);
        producer.send(Topics.UPDATE_MANIFEST, EventKeys.client("run", update.manifest().getRound(),
                update.manifest().getClientId()), update.manifest());
    }

    private void send(UpdateShard shard) {
        producer.send(Topics.UPDATE_SHARD, federation.cut().partition(shard.getShard()),
                EventKeys.shard("run", shard.getRound(), shard.getClientId(), shard.getShard()), shard);
    }

    private void send(AdapterShard shard) {
        producer.send(Topics.ADAPTER_SHARD, federation.cut().partition(shard.getShard()),
                EventKeys.adapterShard("run", shard.getVersion(), shard.getShard()), shard);
    }

    private void control(SpecificRecord event) {
        int round = event instanceof RoundClosed closed ? closed.getRound() : ((RoundOpened) event).getRound();
        for (int partition = 0; partition < Topics.SHARD_PARTITIONS; partition++) {
            producer.send(Topics.AGGREGATION_CONTROL, partition, EventKeys.round("run", round), event);
        }
        producer.awaitAll();
    }

    private Optional<AdapterPublished> published(int version) {
        return outcomes.stream().filter(AdapterPublished.class::isInstance).map(AdapterPublished.class::cast)
                .filter(published -> published.getVersion() == version).findFirst();
    }

    private long accepted(int round) {
        return outcomes.stream().filter(UpdateAccepted.class::isInstance).map(UpdateAccepted.class::cast)
                .filter(accepted -> accepted.getRound() == round).count();
    }

    private void await(String what, BooleanSupplier reached) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!reached.getAsBoolean()) {
            assertThat(System.nanoTime()).as("%s within %s; so far %s; failure %s", what, PATIENCE,
                    outcomes.size(), failure.get()).isLessThan(end);
            reader.poll(Duration.ofMillis(20)).forEach(record -> outcomes.add(record.value()));
        }
    }

    private void drain() {
        reader.markEnd();
        while (!reader.atEnd()) {
            reader.poll(Duration.ofMillis(20)).forEach(record -> outcomes.add(record.value()));
        }
    }

    private void assertHintsLeadToShards(AdapterPublished published) {
        try (EventReader shards = new EventReader(settings, "fetcher", Topics.ADAPTER_SHARD)) {
            List<String> found = new ArrayList<>();
            while (!shards.atEnd()) {
                shards.poll(Duration.ofMillis(20)).forEach(record -> {
                    if (((AdapterShard) record.value()).getVersion() == published.getVersion()) {
                        found.add(record.partition() + "@" + record.offset() + "="
                                + ((AdapterShard) record.value()).getSha256());
                    }
                });
            }
            assertThat(published.getShards()).extracting(AggregatorIT::hint).containsExactlyInAnyOrderElementsOf(found);
        }
    }

    private static String hint(ShardRef shard) {
        return shard.getPartition() + "@" + shard.getOffset() + "=" + shard.getSha256();
    }

    private static long millis(long from, long to) {
        return Duration.ofNanos(to - from).toMillis();
    }
}
