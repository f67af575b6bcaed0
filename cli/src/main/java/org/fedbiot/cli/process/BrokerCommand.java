package org.fedbiot.cli.process;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.fedbiot.cli.UserError;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.infra.EmbeddedRegistry;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCreation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The embedded broker and registry as a process, with all topics. */
@Command(
        name = "broker",
        mixinStandardHelpOptions = true,
        description = "Run a broker and a schema registry for one machine, with all topics, until SIGTERM. Started again"
                + " on the same directory they go on with what they had.")
public final class BrokerCommand implements Callable<Integer> {

    private static final short ONE_BROKER = 1;

    @Spec
    private CommandSpec spec;

    @Option(names = "--dir", required = true, paramLabel = "DIR", description = "Where the broker keeps its data.")
    private Path directory;

    @Option(names = "--port", defaultValue = "9092",
            description = "Port of the broker, 0 for any free one (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(names = "--registry-port", defaultValue = "8081",
            description = "Port of the registry, 0 for any free one (default: ${DEFAULT-VALUE}).")
    private int registryPort;

    @Override
    public Integer call() {
        return Lifetime.run(lifetime -> {
            try (EmbeddedKafka broker = EmbeddedKafka.start(directory, port);
                    EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrapServers(), registryPort)) {
                KafkaSettings kafka = new KafkaSettings(broker.bootstrapServers(), registry.url());
                try (Admin admin = Admin.create(kafka.admin())) {
                    TopicCreation.createMissing(admin, ONE_BROKER);
                }
                PrintWriter out = spec.commandLine().getOut();
                out.println("--bootstrap-servers " + kafka.bootstrapServers() + " --schema-registry "
                        + kafka.schemaRegistryUrl());
                out.flush();
                lifetime.awaitEnd();
            } catch (IllegalStateException e) {
                throw new UserError(e.getMessage(), e);
            }
        });
    }
}
