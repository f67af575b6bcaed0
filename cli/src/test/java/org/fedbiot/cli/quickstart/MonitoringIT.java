package org.fedbiot.cli.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.fedbiot.aggregator.stream.AggregatorProcess;
import org.fedbiot.cli.monitoring.MetricsSettings;
import org.fedbiot.cli.monitoring.MetricsTable;
import org.fedbiot.cli.monitoring.Monitor;
import org.fedbiot.cli.monitoring.PartReadiness;
import org.fedbiot.cli.monitoring.QueueLag;
import org.fedbiot.coordinator.runtime.CoordinatorProcess;
import org.fedbiot.infra.BrokerOptions;
import org.fedbiot.infra.BrokerSecurity;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.infra.EmbeddedRegistry;
import org.fedbiot.infra.Secret;
import org.fedbiot.observer.Observer;
import org.fedbiot.observer.RunPicture;
import org.fedbiot.schemas.client.AclChange;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.event.ClientKeyRegistered;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.event.RunSubmitted;
import org.fedbiot.schemas.integrity.SigningKey;
import org.fedbiot.schemas.topic.AccessPlan;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;
import org.fedbiot.worker.ComputeGate;
import org.fedbiot.worker.WorkMeters;
import org.fedbiot.worker.client.ClientConfig;
import org.fedbiot.worker.client.ClientWorker;
import org.fedbiot.worker.client.SharedBases;
import org.fedbiot.worker.server.ServerConfig;
import org.fedbiot.worker.server.ServerWorker;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * A short run on a broker that asks who comes, each part under its own principal with an endpoint of its own: what the
 * endpoints show is what docs/metrics.md says, and the log holds neither a secret nor a client's text.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MonitoringIT {

    private static final Path PAGE = Path.of("..", "docs", "metrics.md");
    private static final String REWRITE = "fedbiot.rewrite";

    /** Words that the log uses for what it is about, and clients' texts too. */
    private static final Set<String> OWN_WORDS = Set.of("done");

    @TempDir
    static Path temp;

    private final Map<String, Monitor> monitors = new TreeMap<>();
    private final Map<String, String> scrapes = new TreeMap<>();
    private final Map<String, HttpResponse<String>> readiness = new TreeMap<>();
    private final Map<String, Secret> passwords = new TreeMap<>();
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private PreparedRun prepared;
    private RunPicture run;

    @BeforeAll
    void runOnce() throws Exception {
        OutputStreamAppender<ILoggingEvent> appender = listen();
        System.setProperty("fedbiot.home", "..");
        RunOptions options = new RunOptions();
        options.model = ModelChoice.SHIPPED;
        options.set = Map.of("federation.rounds", "2", "training.steps", "2", "alignment.preSteps", "2",
                "alignment.steps", "1", "evaluation.records", "4", "evaluation.exactMatchRecords", "0");
        prepared = PreparedRun.of(options, temp.resolve("run"), "it");
        for (String name : List.of("coordinator", "aggregator", "server-worker", "operator", "registry")) {
            passwords.put(name, Secret.random());
        }
        prepared.text().keySet().forEach(client -> passwords.put(client, Secret.random()));
        for (String role : List.of("coordinator", "aggregator", "server-worker", "client")) {
            monitors.put(role, Monitor.open(role, Optional.of(new MetricsSettings("127.0.0.1", 0))));
        }
        try (EmbeddedKafka broker = EmbeddedKafka.start(new BrokerOptions(temp.resolve("kafka"), 0)
                        .secured(BrokerSecurity.passwords(passwords)));
                EmbeddedRegistry registry = EmbeddedRegistry.start(broker.adminSettings(), 0)) {
            try (Admin admin = Admin.create(Map.copyOf(broker.adminSettings()))) {
                TopicCreation.createMissing(admin, (short) 1);
                AclChange.between(admin, AccessPlan.of(prepared.text().keySet())).apply(admin);
            }
            runParts(name -> login(broker, registry, name));
        } finally {
            monitors.values().forEach(Monitor::close);
            root().detachAppender(appender);
        }
    }

    private void runParts(Function<String, KafkaSettings> login) throws Exception {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        ComputeGate gate = ComputeGate.ofMachine();
        List<ClientWorker> clients = new ArrayList<>();
        Monitor coordinating = monitors.get("coordinator");
        try (CoordinatorProcess coordinator = new CoordinatorProcess(login.apply("coordinator"), Clock.systemUTC(),
                        failure::complete, coordinating.registry());
                QueueLag lag = new QueueLag(login.apply("coordinator"), coordinating.registry());
                AggregatorProcess aggregator = new AggregatorProcess(login.apply("aggregator"),
                        temp.resolve("streams"), 1, monitors.get("aggregator").registry());
                ServerWorker worker = new ServerWorker(login.apply("server-worker"),
                        new ServerConfig("server-1", temp.resolve("export")), gate,
                        (name, cause) -> failure.complete(cause),
                        WorkMeters.ofServer(monitors.get("server-worker").registry(), gate));
                Observer observer = new Observer(login.apply("operator"), "monitoring-it")) {
            aggregator.onFailure(failure::complete);
            coordinating.ready(PartReadiness.of(coordinator));
            monitors.get("aggregator").ready(PartReadiness.of(aggregator));
            monitors.get("server-worker").ready(PartReadiness.of(worker));
            monitors.get("client").ready(PartReadiness.of(clients));
            coordinator.start();
            lag.start();
            aggregator.start();
            worker.start();
            startClients(login, gate, clients, failure);
            run = await(observer, failure);
            lag.refresh();
            monitors.forEach((role, monitor) -> {
                scrapes.put(role, get(monitor, "/metrics").body());
                readiness.put(role, get(monitor, "/ready"));
            });
        } finally {
            clients.forEach(ClientWorker::close);
        }
    }

    private void startClients(Function<String, KafkaSettings> login, ComputeGate gate, List<ClientWorker> clients,
            CompletableFuture<Throwable> failure) {
        SharedBases bases = new SharedBases();
        WorkMeters meters = WorkMeters.ofClients(monitors.get("client").registry(), gate);
        try (EventProducer operator = new EventProducer(login.apply("operator"), "operator")) {
            prepared.text().forEach((client, text) -> {
                SigningKey key = SigningKey.generate(client + "-1");
                operator.send(Topics.COMMAND, client, ClientKeyRegistered.newBuilder().setClientId(client)
                        .setKeyId(key.keyId()).setPublicKey(ByteBuffer.wrap(key.publicKey())).build());
                ClientWorker worker = new ClientWorker(login.apply(client), new ClientConfig(client, key, text,
                        temp.resolve("cache").resolve(client)), gate, bases,
                        (name, cause) -> failure.complete(cause), meters);
                clients.add(worker);
                worker.start();
            });
            operator.send(Topics.COMMAND, EventKeys.run(prepared.spec().getRunId()), new RunSubmitted(prepared.spec()));
        }
    }

    private RunPicture await(Observer observer, CompletableFuture<Throwable> failure) {
        CompletableFuture<Object> over = new CompletableFuture<>();
        observer.onChange(picture -> picture.run(prepared.spec().getRunId()).filter(RunPicture::isOver)
                .ifPresent(over::complete));
        observer.start();
        Object first = CompletableFuture.anyOf(over, failure, observer.failure()).join();
        assertThat(first).as("no part may fail").isInstanceOf(RunPicture.class);
        return (RunPicture) first;
    }

    @Test
    void shouldShowWhatTheTableSaysAndNothingElse() throws IOException {
        // Given
        MetricsTable shown = MetricsTable.ofEndpoints(scrapes);

        // When
        if (Boolean.getBoolean(REWRITE)) {
            shown.rewrite(PAGE);
        }

        // Then
        assertThat(MetricsTable.lines(PAGE)).as("rewrite docs/metrics.md with -D" + REWRITE + "=true")
                .isEqualTo(shown.lines());
        assertThat(MetricsTable.others(PAGE)).as("of others").isSubsetOf(MetricsTable.names(scrapes.values()));
    }

    @Test
    void shouldCountTheRunAsItsLogDoes() {
        // Then
        int updates = run.rounds().stream().mapToInt(round -> round.accepted()).sum();
        assertThat(run.outcome()).isEqualTo(RunOutcome.COMPLETED);
        assertThat(scrapes.get("coordinator")).contains(
                "fedbiot_runs{phase=\"completed\"} 1.0\n",
                "fedbiot_rounds_opened_total{attempt=\"first\"} 2.0\n",
                "fedbiot_rounds_closed_total{reason=\"all_in\"} 2.0\n",
                "fedbiot_round_duration_seconds_count 2\n",
                "fedbiot_updates_accepted_total " + updates + ".0\n",
                "fedbiot_coordinator_deciding 1.0\n");
        // The log's is weighted by records and this by samples processed, here as many: the same but for rounding.
        assertThat(value(scrapes.get("coordinator"), "fedbiot_training_loss"))
                .isCloseTo(run.rounds().get(1).trainingLoss().orElseThrow(), within(1e-12));
        assertThat(scrapes.get("aggregator")).contains(
                "fedbiot_aggregator_accepted_total " + updates + ".0\n",
                "fedbiot_adapters_published_total 3.0\n");
        assertThat(scrapes.get("server-worker"))
                .contains("fedbiot_task_duration_seconds_count{kind=\"compress\",outcome=\"completed\"} 1\n")
                .contains("fedbiot_tasks_running{kind=\"export\"} 0.0\n");
        assertThat(scrapes.get("client")).contains("fedbiot_task_duration_seconds_count{kind=\"train\",outcome="
                + "\"completed\"} " + updates + "\n");
    }

    @Test
    void shouldCountBytesAsClientsReportThem() {
        // Then
        double up = run.traffic().up();
        assertThat(MetricsTable.value(scrapes.get("client"), "fedbiot_transferred_bytes_total{direction=\"up\"}"))
                .as("of rounds, beside joining and scoring").isBetween(up, up * 1.1);
        assertThat(MetricsTable.value(scrapes.get("client"), "fedbiot_transferred_bytes_total{direction=\"down\"}"))
                .isEqualTo(run.traffic().down());
        assertThat(MetricsTable.value(scrapes.get("client"), "fedbiot_bootstrap_bytes_total"))
                .isEqualTo(run.traffic().bootstrap());
    }

    @Test
    void shouldShowHowFarTheServersGroupsAreBehindAndNoClientsGroup() {
        // Then
        assertThat(scrapes.get("coordinator"))
                .contains("fedbiot_queue_lag_records{group=\"fedbiot-aggregator\",topic=\"fedbiot.update.shard.v1\"}")
                .contains("fedbiot_queue_lag_records{group=\"fedbiot-coordinator\",topic=\"fedbiot.task.result.v1\"}")
                .contains("fedbiot_queue_lag_records{group=\"fedbiot-server-worker-share\","
                        + "topic=\"fedbiot.server.queue.v1\"}")
                .doesNotContain("fedbiot-client-");
    }

    @Test
    void shouldBeReadyInEveryPart() {
        // Then
        assertThat(readiness).allSatisfy((role, answer) -> assertThat(answer.statusCode()).as(role).isEqualTo(200));
        assertThat(readiness.get("coordinator").body()).isEqualTo("ready: decides\n");
        assertThat(readiness.get("aggregator").body()).isEqualTo("ready: Kafka Streams is running\n");
        assertThat(readiness.get("client").body()).isEqualTo("ready: 3 of 3 clients follow the announcements\n");
    }

    @Test
    void shouldNameNoRunAndNoClientInOurLabels() {
        // Then
        Set<String> open = new HashSet<>(prepared.text().keySet());
        open.add(prepared.spec().getRunId());
        assertThat(scrapes.values().stream().flatMap(String::lines).filter(line -> line.startsWith("fedbiot_")))
                .noneMatch(line -> open.stream().anyMatch(line::contains));
    }

    @Test
    void shouldLogOneLineForEachRoundAndOneForEachPartsStart() {
        // Then
        List<String> lines = log.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).filteredOn(line -> line.contains("CoordinatorLoop") && line.contains("round=\""))
                .hasSize(2).allMatch(line -> line.contains("round closed") && line.contains("counted=\"["));
        for (String part : List.of("coordinator", "aggregator", "server worker", "client")) {
            assertThat(lines).filteredOn(line -> line.contains(part + " is up")).isNotEmpty().allMatch(line ->
                    List.of("version", "device", "threads", "topics", "groups").stream()
                            .allMatch(key -> line.contains(" " + key + "=\"")));
        }
    }

    @Test
    void shouldLogNeitherASecretNorAClientsText() {
        // Then
        String written = log.toString(StandardCharsets.UTF_8);
        assertThat(passwords.values()).noneMatch(password -> written.contains(password.value()));
        Set<String> words = words(written);
        Set<String> texts = prepared.text().values().stream()
                .flatMap(text -> Stream.concat(text.training().stream(), text.heldOut().stream()))
                .flatMap(example -> words(example.prompt() + " " + example.reply()).stream())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(texts).hasSizeGreaterThan(20);
        texts.removeAll(OWN_WORDS);
        // Clients are named after places, and places stand in the texts.
        texts.removeAll(prepared.text().keySet());
        assertThat(texts).doesNotContainAnyElementsOf(words);
    }

    /** Words of four letters and more; shorter ones are in every English sentence. */
    private static Set<String> words(String text) {
        return Pattern.compile("[a-z]{4,}").matcher(text.toLowerCase(Locale.ROOT)).results().map(MatchResult::group)
                .collect(Collectors.toSet());
    }

    private OutputStreamAppender<ILoggingEvent> listen() {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(root().getLoggerContext());
        encoder.setPattern("%level %logger{0} - %msg %kvp%n%ex");
        encoder.start();
        OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
        appender.setContext(root().getLoggerContext());
        appender.setEncoder(encoder);
        appender.setOutputStream(log);
        appender.start();
        root().addAppender(appender);
        return appender;
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    private KafkaSettings login(EmbeddedKafka broker, EmbeddedRegistry registry, String name) {
        return new KafkaSettings(broker.bootstrapServers(), registry.url(), Map.of(
                "security.protocol", "SASL_PLAINTEXT",
                "sasl.mechanism", "SCRAM-SHA-512",
                "sasl.jaas.config", "org.apache.kafka.common.security.scram.ScramLoginModule required username=\""
                        + name + "\" password=\"" + passwords.get(name).value() + "\";"));
    }

    private static HttpResponse<String> get(Monitor monitor, String path) {
        try {
            return HttpClient.newHttpClient().send(
                    HttpRequest.newBuilder(URI.create(monitor.url().orElseThrow() + path)).build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static double value(String scrape, String name) {
        return scrape.lines().filter(line -> line.startsWith(name + " ")).findFirst()
                .map(line -> Double.parseDouble(line.substring(name.length() + 1))).orElseThrow();
    }
}
