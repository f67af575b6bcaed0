package org.fedbiot.cli.simulation;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.fedbiot.cli.UserError;
import org.fedbiot.aggregator.stream.AggregatorProcess;
import org.fedbiot.coordinator.runtime.CoordinatorProcess;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.infra.EmbeddedRegistry;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.event.ClientKeyRegistered;
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

/**
 * Everything in this process: broker, registry, coordinator, aggregator, one server worker and the clients. They meet
 * on topics only, as they would on many machines.
 */
public final class LocalCluster implements AutoCloseable {

    private static final short ONE_BROKER = 1;

    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private final CompletableFuture<Void> failure = new CompletableFuture<>();
    private final KafkaSettings kafka;

    /**
     * @param text each client's private text, by client id
     * @param port of the broker; 0 for any that is free
     */
    public LocalCluster(RunDirectory directory, Map<String, ClientData> text, int port) {
        this(directory, text, port, ComputeGate.ofMachine());
    }

    /**
     * As above, beside other clusters of this process.
     *
     * @param gate that all of them pass
     */
    public LocalCluster(RunDirectory directory, Map<String, ClientData> text, int port, ComputeGate gate) {
        this(directory, text, gate, started -> {
            EmbeddedKafka broker = broker(directory, port);
            started.push(broker);
            EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrapServers(), 0);
            started.push(registry);
            KafkaSettings reached = new KafkaSettings(broker.bootstrapServers(), registry.url());
            started.push(ClusterFile.write(directory.cluster(), reached));
            return reached;
        });
    }

    /** On a broker and a registry that run already, and run on when this is closed. */
    LocalCluster(RunDirectory directory, Map<String, ClientData> text, KafkaSettings kafka) {
        this(directory, text, ComputeGate.ofMachine(), started -> kafka);
    }

    private LocalCluster(RunDirectory directory, Map<String, ClientData> text, ComputeGate gate,
            Function<Deque<AutoCloseable>, KafkaSettings> ground) {
        boolean complete = false;
        try {
            kafka = ground.apply(started);
            try (Admin admin = Admin.create(kafka.admin())) {
                TopicCreation.createMissing(admin, ONE_BROKER);
            }
            start(new CoordinatorProcess(kafka, Clock.systemUTC(), cause -> failed("coordinator", cause))).start();
            AggregatorProcess aggregator = start(new AggregatorProcess(kafka, directory.streams(), 1));
            aggregator.onFailure(cause -> failed("aggregator", cause));
            aggregator.start();
            startWorkers(directory, text, gate);
            complete = true;
        } finally {
            if (!complete) {
                close();
            }
        }
    }

    /** @throws UserError if a cluster could not listen there now; it names the port */
    public static void requirePort(int port) {
        try {
            EmbeddedKafka.requireFree(port);
        } catch (IllegalStateException e) {
            throw new UserError("--port: " + e.getMessage(), e);
        }
    }

    private static EmbeddedKafka broker(RunDirectory directory, int port) {
        try {
            return EmbeddedKafka.start(directory.kafka(), port);
        } catch (IllegalStateException e) {
            throw new UserError(e.getMessage(), e);
        }
    }

    private void startWorkers(RunDirectory directory, Map<String, ClientData> text, ComputeGate gate) {
        start(new ServerWorker(kafka, new ServerConfig("server-1", directory.export()), gate, this::failed)).start();
        SharedBases bases = new SharedBases();
        List<ClientWorker> clients = new ArrayList<>();
        try (EventProducer operator = new EventProducer(kafka, "operator-keys")) {
            for (Map.Entry<String, ClientData> client : new TreeMap<>(text).entrySet()) {
                SigningKey key = SigningKey.generate(client.getKey() + "-1");
                operator.send(Topics.COMMAND, client.getKey(), ClientKeyRegistered.newBuilder()
                        .setClientId(client.getKey())
                        .setKeyId(key.keyId())
                        .setPublicKey(java.nio.ByteBuffer.wrap(key.publicKey()))
                        .build());
                clients.add(start(new ClientWorker(kafka, new ClientConfig(client.getKey(), key,
                        client.getValue(), directory.clientCache().resolve(client.getKey())), gate, bases,
                        this::failed)));
            }
        }
        clients.forEach(ClientWorker::start);
    }

    private <T extends AutoCloseable> T start(T part) {
        started.push(part);
        return part;
    }

    private void failed(String process, Throwable cause) {
        failure.completeExceptionally(new IllegalStateException(process + " stopped: " + cause, cause));
    }

    /** Asks for a run. */
    public void submit(RunSpec spec) {
        try (EventProducer operator = new EventProducer(kafka, "operator-submit")) {
            operator.send(Topics.COMMAND, EventKeys.run(spec.getRunId()), new RunSubmitted(spec));
        }
    }

    /** Takes on something that goes with the cluster: it is closed before every part that is there now. */
    public void accompany(AutoCloseable companion) {
        started.push(companion);
    }

    public KafkaSettings kafka() {
        return kafka;
    }

    /** Completes exceptionally when a part has failed; never otherwise. */
    public CompletableFuture<Void> failure() {
        return failure;
    }

    /** Stops all parts, the last started first; every part is closed even if another fails to. */
    @Override
    public void close() {
        RuntimeException first = null;
        while (!started.isEmpty()) {
            AutoCloseable part = started.pop();
            try {
                part.close();
            } catch (Exception e) {
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                IllegalStateException problem =
                        new IllegalStateException(part.getClass().getSimpleName() + " did not close: " + e, e);
                if (first == null) {
                    first = problem;
                } else {
                    first.addSuppressed(problem);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
