package org.fedbiot.cli.process;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.fedbiot.cli.UserError;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.infra.EmbeddedRegistry;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCreation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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

    @Mixin
    private ProcessOptions options;

    @Override
    public Integer call() {
        return options.run(BrokerSettings.class, this::run);
    }

    private int run(BrokerSettings settings) {
        return Lifetime.run(lifetime -> {
            try (EmbeddedKafka broker = EmbeddedKafka.start(settings.directory(), settings.port());
                    EmbeddedRegistry registry =
                            EmbeddedRegistry.start(broker.bootstrapServers(), settings.registryPort())) {
                KafkaSettings kafka = new KafkaSettings(broker.bootstrapServers(), registry.url());
                try (Admin admin = Admin.create(kafka.admin())) {
                    TopicCreation.createMissing(admin, ONE_BROKER);
                }
                PrintWriter out = spec.commandLine().getOut();
                out.println("bootstrapServers: " + kafka.bootstrapServers());
                out.println("schemaRegistry: " + kafka.schemaRegistryUrl());
                out.flush();
                lifetime.awaitEnd();
            } catch (IllegalStateException e) {
                throw new UserError(e.getMessage(), e);
            }
        });
    }
}
