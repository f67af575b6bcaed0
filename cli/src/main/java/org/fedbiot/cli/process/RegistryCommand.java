package org.fedbiot.cli.process;

import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.monitoring.Monitor;
import org.fedbiot.cli.monitoring.Readiness;
import org.fedbiot.infra.EmbeddedRegistry;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.topic.Role;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The embedded registry as a process of its own, beside brokers that are several. */
@Command(
        name = "registry",
        mixinStandardHelpOptions = true,
        description = "Run a schema registry for one machine until SIGTERM; it keeps its schemas in a topic.")
public final class RegistryCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ProcessOptions options;

    @Override
    public Integer call() {
        return options.run(SchemaRegistrySettings.class, "registry", this::run);
    }

    private int run(SchemaRegistrySettings settings, Monitor monitor) {
        KafkaSettings kafka = settings.connect();
        return Lifetime.run(lifetime -> {
            if (!ClusterWait.await(kafka, Role.REGISTRY, lifetime::endsWithin)) {
                return;
            }
            Map<String, String> client = new HashMap<>(kafka.overrides());
            client.put("bootstrap.servers", kafka.bootstrapServers());
            try (EmbeddedRegistry registry = EmbeddedRegistry.start(client, settings.port(), settings.access())) {
                monitor.ready(() -> Readiness.ready("registry, its topic is read"));
                PrintWriter out = spec.commandLine().getOut();
                out.println("schemaRegistry: " + registry.url());
                out.flush();
                lifetime.awaitEnd();
            } catch (IllegalStateException e) {
                throw new UserError(e.getMessage(), e);
            }
        });
    }
}
