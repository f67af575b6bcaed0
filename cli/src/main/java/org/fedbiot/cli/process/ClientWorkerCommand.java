package org.fedbiot.cli.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.fedbiot.cli.monitoring.Monitor;
import org.fedbiot.cli.monitoring.PartReadiness;
import org.fedbiot.learning.torch.ComputeDevice;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.topic.Role;
import org.fedbiot.worker.ComputeGate;
import org.fedbiot.worker.InHand;
import org.fedbiot.worker.WorkMeters;
import org.fedbiot.worker.client.ClientConfig;
import org.fedbiot.worker.client.ClientWorker;
import org.fedbiot.worker.client.SharedBases;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** One owner of private text as a process, or several in a simulation. */
@Command(
        name = "client",
        mixinStandardHelpOptions = true,
        description = "Run a client until SIGTERM: it trains on its own text and hands in what it learned.")
public final class ClientWorkerCommand implements Callable<Integer> {

    @Mixin
    private ProcessOptions options;

    @Override
    public Integer call() {
        return options.run(ClientWorkerSettings.class, "client", ClientWorkerCommand::run);
    }

    private static int run(ClientWorkerSettings settings, Monitor monitor) {
        KafkaSettings kafka = settings.cluster().connect();
        List<ClientConfig> configs =
                settings.clients().stream().map(client -> client.config(settings.cacheDirectory())).toList();
        ComputeDevice device = ChosenDevice.find(settings.device());
        return Lifetime.run(lifetime -> {
            if (!ClusterWait.await(kafka, Role.CLIENT, lifetime::endsWithin)) {
                return;
            }
            try (Clients clients = new Clients(kafka, settings.coresDirectory(), device, lifetime, monitor)) {
                configs.forEach(clients::start);
                monitor.ready(PartReadiness.of(clients.started));
                lifetime.awaitEnd();
                lifetime.drain(clients.inHand(), Duration.ofMillis(settings.drainTimeoutMillis()));
            }
        });
    }

    /** They share base weights and cores, nothing else. */
    private static final class Clients implements AutoCloseable {

        private final KafkaSettings kafka;
        private final Lifetime lifetime;
        private final ComputeGate gate;
        private final WorkMeters meters;
        private final SharedBases bases;
        private final List<ClientWorker> started = new ArrayList<>();

        Clients(KafkaSettings kafka, Optional<Path> coresDirectory, ComputeDevice device, Lifetime lifetime,
                Monitor monitor) {
            this.gate = coresDirectory.map(ComputeGate::shared).orElseGet(ComputeGate::ofMachine);
            this.meters = WorkMeters.ofClients(monitor.registry(), gate);
            this.kafka = kafka;
            this.bases = new SharedBases(device);
            this.lifetime = lifetime;
        }

        void start(ClientConfig config) {
            ClientWorker client = new ClientWorker(kafka, config, gate, bases, lifetime::failed, meters);
            started.add(client);
            client.start();
        }

        List<InHand> inHand() {
            return started.stream().map(ClientWorker::inHand).toList();
        }

        @Override
        public void close() {
            started.forEach(ClientWorker::close);
        }
    }
}
