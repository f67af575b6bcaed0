package org.fedbiot.cli.process;

import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.monitoring.Monitor;
import org.fedbiot.cli.monitoring.Readiness;
import org.fedbiot.infra.BrokerOptions;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.infra.EmbeddedRegistry;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The embedded broker as a process, with all topics; alone it runs a registry too. */
@Command(
        name = "broker",
        mixinStandardHelpOptions = true,
        description = "Run a broker for one machine, with all topics, until SIGTERM; alone with a schema registry, or"
                + " as one of several nodes. Started again on the same directory it goes on with what it had.")
public final class BrokerCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ProcessOptions options;

    @Override
    public Integer call() {
        return options.run(BrokerSettings.class, "broker", this::run);
    }

    private int run(BrokerSettings settings, Monitor monitor) {
        BrokerOptions node = options(settings);
        return Lifetime.run(lifetime -> {
            try {
                // Of several nodes, none is up without a majority.
                Optional<EmbeddedKafka> started = lifetime.unlessEnded(() -> EmbeddedKafka.start(node));
                if (started.isPresent()) {
                    serve(settings, node, started.get(), lifetime, monitor);
                }
            } catch (IllegalStateException e) {
                throw new UserError(e.getMessage(), e);
            }
        });
    }

    private void serve(BrokerSettings settings, BrokerOptions node, EmbeddedKafka broker, Lifetime lifetime,
            Monitor monitor) {
        try (broker) {
            if (!ClusterTopics.make(broker.adminSettings(), node.quorum(), lifetime::endsWithin)) {
                return;
            }
            say("bootstrapServers: " + broker.bootstrapServers());
            if (settings.registryPort().isEmpty()) {
                monitor.ready(() -> Readiness.ready("broker, with all topics"));
                lifetime.awaitEnd();
                return;
            }
            try (EmbeddedRegistry registry = EmbeddedRegistry.start(broker.adminSettings(),
                    settings.registryPort().get(), settings.registryAccess(System.getenv()))) {
                say("schemaRegistry: " + registry.url());
                monitor.ready(() -> Readiness.ready("broker and registry, with all topics"));
                lifetime.awaitEnd();
            }
        }
    }

    private static BrokerOptions options(BrokerSettings settings) {
        try {
            return settings.options(System.getenv());
        } catch (IllegalArgumentException e) {
            throw new UserError("broker in " + settings.directory() + ": " + e.getMessage(), e);
        }
    }

    private void say(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
