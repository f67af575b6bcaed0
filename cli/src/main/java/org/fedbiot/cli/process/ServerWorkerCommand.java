package org.fedbiot.cli.process;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.fedbiot.cli.monitoring.Monitor;
import org.fedbiot.cli.monitoring.PartReadiness;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.topic.Role;
import org.fedbiot.worker.ComputeGate;
import org.fedbiot.worker.WorkMeters;
import org.fedbiot.worker.server.ServerConfig;
import org.fedbiot.worker.server.ServerWorker;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** A server worker as a process. */
@Command(
        name = "server",
        mixinStandardHelpOptions = true,
        description = "Run a server worker until SIGTERM: it cuts, aligns, evaluates and exports. Several share the tasks.")
public final class ServerWorkerCommand implements Callable<Integer> {

    @Mixin
    private ProcessOptions options;

    @Override
    public Integer call() {
        return options.run(ServerWorkerSettings.class, "server-worker", ServerWorkerCommand::run);
    }

    private static int run(ServerWorkerSettings settings, Monitor monitor) {
        KafkaSettings kafka = settings.cluster().connect();
        return Lifetime.run(lifetime -> {
            if (!ClusterWait.await(kafka, Role.SERVER_WORKER, lifetime::endsWithin)) {
                return;
            }
            ComputeGate gate = settings.coresDirectory().map(ComputeGate::shared).orElseGet(ComputeGate::ofMachine);
            try (ServerWorker worker = new ServerWorker(kafka,
                    new ServerConfig(settings.id(), settings.exportDirectory(), settings.queue(),
                            ChosenDevice.find(settings.device())),
                    gate, lifetime::failed, WorkMeters.ofServer(monitor.registry(), gate))) {
                monitor.ready(PartReadiness.of(worker));
                worker.start();
                lifetime.awaitEnd();
                lifetime.drain(List.of(worker.inHand()), Duration.ofMillis(settings.drainTimeoutMillis()));
            }
        });
    }
}
