package org.fedbiot.chaos;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.fedbiot.aggregator.stream.AggregatorProcess;
import org.fedbiot.cli.process.ClientKeyFile;
import org.fedbiot.coordinator.runtime.CoordinatorProcess;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.infra.EmbeddedRegistry;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.event.ClientKeyRegistered;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.RunSubmitted;
import org.fedbiot.schemas.integrity.SigningKey;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;
import org.fedbiot.worker.ComputeGate;
import org.fedbiot.worker.client.ClientConfig;
import org.fedbiot.worker.client.ClientData;
import org.fedbiot.worker.client.ClientWorker;
import org.fedbiot.worker.client.SharedBases;
import org.fedbiot.worker.server.ServerConfig;
import org.fedbiot.worker.server.ServerWorker;

/** All parts in this JVM, and where they are wanted the server worker and the two honest clients. */
final class OpenCluster implements AutoCloseable {

    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final ComputeGate gate = ComputeGate.ofMachine();
    private final Path directory;
    private final Function<String, KafkaSettings> login;
    private final KafkaSettings kafka;
    private ServerWorker serverWorker;

    /** Without workers, on a broker of its own that anybody may write to. */
    OpenCluster(Path directory) {
        this.directory = directory;
        EmbeddedKafka broker = start(EmbeddedKafka.start(directory.resolve("broker"), 0));
        EmbeddedRegistry registry = start(EmbeddedRegistry.start(broker.bootstrapServers(), 0));
        kafka = new KafkaSettings(broker.bootstrapServers(), registry.url());
        login = name -> kafka;
        try (Admin admin = Admin.create(kafka.admin())) {
            TopicCreation.createMissing(admin, (short) 1);
        }
        startParts();
    }

    /** On a broker of its own that anybody may write to. */
    OpenCluster(Path directory, TrialFiles files) {
        this(directory);
        startWorkers(files);
    }

    /** @param login how the part of that name reaches the broker; each client goes by its id */
    OpenCluster(Path directory, TrialFiles files, Function<String, KafkaSettings> login) {
        this.directory = directory;
        this.login = login;
        kafka = login.apply("operator");
        startParts();
        startWorkers(files);
    }

    private void startParts() {
        start(new CoordinatorProcess(login.apply("coordinator"), Clock.systemUTC(),
                cause -> failures.add("coordinator: " + cause))).start();
        startAggregator("state");
    }

    private void startWorkers(TrialFiles files) {
        serverWorker = startServerWorker("server");
        for (String client : TrialFiles.CLIENTS) {
            SigningKey key = ClientKeyFile.read(files.key(client)).key();
            register(client, key);
            start(new ClientWorker(login.apply(client), new ClientConfig(client, key,
                    ClientData.read(files.training(client), Optional.of(files.heldOut(client))),
                    directory.resolve("cache-" + client)), gate, new SharedBases(),
                    (name, cause) -> failures.add(name + ": " + cause))).start();
        }
    }

    /** One more that shares the work. */
    void startAggregator(String state) {
        AggregatorProcess aggregator = start(new AggregatorProcess(login.apply("aggregator"), directory.resolve(state), 1));
        aggregator.onFailure(cause -> failures.add("aggregator: " + cause));
        aggregator.start();
    }

    /** The one that was there from the beginning. */
    ServerWorker serverWorker() {
        return serverWorker;
    }

    /** One more that shares the work; closed with the cluster, or before. */
    ServerWorker startServerWorker(String id) {
        ServerWorker worker = start(new ServerWorker(login.apply("server-worker"),
                new ServerConfig(id, directory.resolve("export")), gate,
                (name, cause) -> failures.add(name + ": " + cause)));
        worker.start();
        return worker;
    }

    KafkaSettings kafka() {
        return kafka;
    }

    /** What stopped and must not have. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    void register(String client, SigningKey key) {
        try (EventProducer operator = new EventProducer(kafka, "operator")) {
            operator.send(Topics.COMMAND, client, ClientKeyRegistered.newBuilder().setClientId(client)
                    .setKeyId(key.keyId()).setPublicKey(ByteBuffer.wrap(key.publicKey())).build());
        }
    }

    void submit(RunSpec spec) {
        try (EventProducer operator = new EventProducer(kafka, "operator")) {
            operator.send(Topics.COMMAND, EventKeys.run(spec.getRunId()), new RunSubmitted(spec));
        }
    }

    /** Submits a run and follows its decisions to its end. */
    List<SpecificRecord> run(RunSpec spec, Consumer<SpecificRecord> witness) {
        submit(spec);
        List<SpecificRecord> decisions = new ArrayList<>();
        try (TopicWatch watch = new TopicWatch(kafka, Topics.DECISION)) {
            while (failures.isEmpty() && decisions.stream().noneMatch(RunEnded.class::isInstance)) {
                for (SpecificRecord decision : watch.poll()) {
                    decisions.add(decision);
                    witness.accept(decision);
                }
            }
        }
        return decisions;
    }

    private <T extends AutoCloseable> T start(T part) {
        started.push(part);
        return part;
    }

    @Override
    public void close() throws Exception {
        while (!started.isEmpty()) {
            started.pop().close();
        }
    }
}
