package org.fedbiot.cli.process;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.fedbiot.learning.torch.ComputeDevice;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.topic.Role;
import org.fedbiot.worker.ComputeGate;
import org.fedbiot.worker.server.ServerConfig;
import org.fedbiot.worker.server.ServerWorker;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A server worker as a process. */
@Command(
        name = "server",
        mixinStandardHelpOptions = true,
        description = "Run a server worker until SIGTERM: it cuts, aligns, evaluates and exports. Several share the tasks.")
public final class ServerWorkerCommand implements Callable<Integer> {

    @Mixin
    private ConnectOptions connect;

    @Option(names = "--id", required = true, paramLabel = "ID", description = "Its name; each worker has its own.")
    private String id;

    @Option(names = "--export-dir", required = true, paramLabel = "DIR",
            description = "Gets a directory for each run, with the adapter and the merged model.")
    private Path exportDirectory;

    @Mixin
    private DeviceOption device;

    @Override
    public Integer call() {
        KafkaSettings kafka = connect.kafka();
        ComputeDevice on = device.get();
        return Lifetime.run(lifetime -> {
            if (!ClusterWait.await(kafka, Role.SERVER_WORKER, lifetime::endsWithin)) {
                return;
            }
            try (ServerWorker worker = new ServerWorker(kafka, new ServerConfig(id, exportDirectory, on),
                    ComputeGate.ofMachine(), lifetime::failed)) {
                worker.start();
                lifetime.awaitEnd();
            }
        });
    }
}
