package org.fedbiot.aggregator.stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCheck;
import org.fedbiot.schemas.event.ProcessStarted;
import org.fedbiot.schemas.topic.Role;
import org.fedbiot.schemas.topic.Topics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The aggregator as a process: screens updates, folds closed rounds, publishes adapter versions, exactly once. Several
 * may run, on one machine each with a state directory of its own; Kafka deals the partitions out among them.
 */
public final class AggregatorProcess implements AutoCloseable {

    /** Consumer group, and prefix of its internal topics and transactional ids. */
    public static final String APPLICATION_ID = "fedbiot-aggregator";

    private static final Logger LOGGER = LoggerFactory.getLogger(AggregatorProcess.class);
    /** What Kafka Streams lets a transaction last unless it is told otherwise. */
    private static final Duration TRANSACTION = Duration.ofSeconds(10);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

    private static final Map<String, String> TUNING = Map.ofEntries(
            // What one half says, the other sees at the commit: a verdict takes two of them, a fold three.
            Map.entry("commit.interval.ms", "100"),
            // A commit that is due waits for the poll before it, which blocks this long where nothing comes.
            Map.entry("poll.ms", "20"),
            // A dead instance's partitions move on after this; the default of 45 s would stand in every round's way.
            Map.entry("consumer.session.timeout.ms", "6000"),
            Map.entry("consumer.heartbeat.interval.ms", "1500"),
            // With several in flight, the second batch can reach a changelog that was only just made before the first
            // does, which then is out of sequence for as long as the delivery timeout.
            Map.entry("producer.max.in.flight.requests.per.connection", "1"),
            // Records are half a megabyte: defaults (1000 buffered for each partition) would take all of the heap.
            Map.entry("consumer.max.poll.records", "4"),
            Map.entry("buffered.records.per.partition", "4"),
            Map.entry("consumer.fetch.max.bytes", Integer.toString(4 * 1024 * 1024)),
            // Two whole records: of the default of 1 MiB the second would be cut off and sent twice.
            Map.entry("consumer.max.partition.fetch.bytes", Integer.toString(2 * Topics.UPDATE_SHARD.maxRecordBytes())),
            // The default of 64 KiB would cut every record into eight and more reads.
            Map.entry("consumer.receive.buffer.bytes", Integer.toString(1024 * 1024)),
            // Enough for what is rewritten between two commits; what is clean stays in it until it is full.
            Map.entry("statestore.cache.max.bytes", Integer.toString(1024 * 1024)),
            Map.entry("rocksdb.config.setter", BoundedRocksMemory.class.getName()));

    private final KafkaSettings settings;
    private final int threads;
    private final ExecutorService folders;
    private final KafkaStreams streams;
    private final KafkaStreamsMetrics kafkaMeters;
    private final MeterRegistry registry;
    private volatile Consumer<Throwable> onFailure = failure -> { };

    /** One that nobody measures. */
    public AggregatorProcess(KafkaSettings settings, Path stateDirectory, int threads) {
        this(settings, stateDirectory, threads, new CompositeMeterRegistry());
    }

    /**
     * @param stateDirectory this process' own; lost state is rebuilt from Kafka
     * @param threads of work; as many as there are shard partitions can be of use
     * @param registry gets the meters of docs/metrics.md
     */
    public AggregatorProcess(KafkaSettings settings, Path stateDirectory, int threads, MeterRegistry registry) {
        this.registry = registry;
        this.settings = settings;
        this.threads = threads;
        Properties properties = settings.streams(APPLICATION_ID, stateDirectory, threads);
        TUNING.forEach(properties::putIfAbsent);
        this.folders = Executors.newFixedThreadPool(threads, AggregatorProcess::folder);
        this.streams = new KafkaStreams(AggregatorTopology.build(Topics.SHARD_PARTITIONS,
                partition -> new KafkaPartitionLog(settings, partition),
                foldThreads(folders, properties, stateDirectory), new AggregatorMeters(registry)), properties);
        this.kafkaMeters = new KafkaStreamsMetrics(streams);
        this.streams.setUncaughtExceptionHandler(this::fail);
    }

    private static Thread folder(Runnable work) {
        Thread thread = new Thread(work, APPLICATION_ID + "-fold");
        thread.setDaemon(true);
        return thread;
    }

    /** All tasks of a thread share its transaction, and at worst a thread has all: half of it is for other work. */
    private static FoldThreads foldThreads(ExecutorService folders, Properties properties, Path stateDirectory) {
        String key = StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG);
        Object configured = ConfigDef.parseType(key, properties.get(key), ConfigDef.Type.INT);
        Duration transaction = configured == null ? TRANSACTION
                : Duration.ofMillis(Math.min(TRANSACTION.toMillis(), (int) configured));
        return new FoldThreads(folders, transaction.dividedBy(2L * Topics.SHARD_PARTITIONS), transaction,
                stateDirectory);
    }

    /** Who hears of a failure that ends this process; set before the start. Called on a thread of Kafka Streams. */
    public void onFailure(Consumer<Throwable> listener) {
        this.onFailure = listener;
    }

    /**
     * Announces the process and starts to work; returns at once. The catalogue's topics must be there.
     *
     * @throws IllegalStateException if a topic is not as the catalogue says, so that a run's records could be lost
     */
    public void start() {
        TopicCheck.verify(settings, Role.AGGREGATOR);
        ProcessStarted started = ProcessStarted.newBuilder()
                .setProcess(APPLICATION_ID)
                .setRole("aggregator")
                .setVersion(Optional.ofNullable(getClass().getPackage().getImplementationVersion())
                        .orElse("development"))
                .setDevice("cpu")
                .setThreads(threads)
                .build();
        try (EventProducer status = new EventProducer(settings, APPLICATION_ID + "-status")) {
            status.send(Topics.PROCESS_STATUS, APPLICATION_ID, started);
        }
        LOGGER.atInfo().addKeyValue("version", started.getVersion()).addKeyValue("device", started.getDevice())
                .addKeyValue("threads", threads).addKeyValue("topics", AggregatorTopology.SOURCES)
                .addKeyValue("groups", List.of(APPLICATION_ID)).log("aggregator is up");
        startStreams();
    }

    /** The work alone, for a test whose registry takes no announcement. */
    void startStreams() {
        streams.start();
        kafkaMeters.bindTo(registry);
    }

    /** Of Kafka Streams: RUNNING once the partitions are dealt out and their state is rebuilt. */
    public KafkaStreams.State state() {
        return streams.state();
    }

    /** Commits what is done and stops; the state stays for the next start. */
    @Override
    public void close() {
        kafkaMeters.close();
        if (!streams.close(CLOSE_TIMEOUT)) {
            LOGGER.atError().addKeyValue("timeout", CLOSE_TIMEOUT)
                    .log("aggregator did not stop in time; what was not committed will be done again");
        }
        folders.shutdownNow();
    }

    private StreamThreadExceptionResponse fail(Throwable failure) {
        LOGGER.atError().setCause(failure).log("aggregator stops: {}", failure.getMessage());
        onFailure.accept(failure);
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
}
