package org.fedbiot.cli.process;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.fedbiot.cli.UserError;
import org.fedbiot.learning.torch.ComputeDevice;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.topic.Role;
import org.fedbiot.worker.ComputeGate;
import org.fedbiot.worker.client.ClientConfig;
import org.fedbiot.worker.client.ClientData;
import org.fedbiot.worker.client.ClientWorker;
import org.fedbiot.worker.client.SharedBases;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One owner of private text as a process. */
@Command(
        name = "client",
        mixinStandardHelpOptions = true,
        description = "Run a client until SIGTERM: it trains on its own text and hands in what it learned.")
public final class ClientWorkerCommand implements Callable<Integer> {

    @Mixin
    private ConnectOptions connect;

    @Option(names = "--id", required = true, paramLabel = "ID", description = "The client's id, as the run names it.")
    private String id;

    @Option(names = "--key", required = true, paramLabel = "FILE",
            description = "Its key, from fedbiot key generate; registered with fedbiot key register.")
    private Path key;

    @Option(names = "--data", required = true, paramLabel = "FILE", description = "Its private text, JSONL.")
    private Path data;

    @Option(names = "--held-out", paramLabel = "FILE", description = "Private text that it scores on, JSONL.")
    private Path heldOut;

    @Option(names = "--cache-dir", required = true, paramLabel = "DIR",
            description = "Where it keeps the compressed models that it has fetched.")
    private Path cacheDirectory;

    @Mixin
    private DeviceOption device;

    @Override
    public Integer call() {
        KafkaSettings kafka = connect.kafka();
        ClientConfig config = config();
        ComputeDevice on = device.get();
        return Lifetime.run(lifetime -> {
            if (!ClusterWait.await(kafka, Role.CLIENT, lifetime::endsWithin)) {
                return;
            }
            try (ClientWorker client = new ClientWorker(kafka, config, ComputeGate.ofMachine(), new SharedBases(on),
                    lifetime::failed)) {
                client.start();
                lifetime.awaitEnd();
            }
        });
    }

    private ClientConfig config() {
        ClientKeyFile keyFile = ClientKeyFile.read(key);
        if (!keyFile.clientId().equals(id)) {
            throw new UserError(key + ": is the key of client " + keyFile.clientId() + ", not of " + id);
        }
        try {
            return new ClientConfig(id, keyFile.key(), ClientData.read(data, Optional.ofNullable(heldOut)),
                    cacheDirectory);
        } catch (IllegalArgumentException e) {
            throw new UserError("--id: " + e.getMessage(), e);
        }
    }
}
