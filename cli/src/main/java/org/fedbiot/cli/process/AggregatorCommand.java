package org.fedbiot.cli.process;

import java.util.concurrent.Callable;
import org.fedbiot.aggregator.stream.AggregatorProcess;
import org.fedbiot.cli.monitoring.Monitor;
import org.fedbiot.cli.monitoring.PartReadiness;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.topic.Role;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The aggregator as a process. */
@Command(
        name = "aggregator",
        mixinStandardHelpOptions = true,
        description = "Run an aggregator until SIGTERM. Several share the work, each with a state directory of its own.")
public final class AggregatorCommand implements Callable<Integer> {

    @Mixin
    private ProcessOptions options;

    @Override
    public Integer call() {
        return options.run(AggregatorSettings.class, "aggregator", AggregatorCommand::run);
    }

    private static int run(AggregatorSettings settings, Monitor monitor) {
        KafkaSettings kafka = settings.cluster().connect();
        return Lifetime.run(lifetime -> {
            if (!ClusterWait.await(kafka, Role.AGGREGATOR, lifetime::endsWithin)) {
                return;
            }
            try (AggregatorProcess aggregator = new AggregatorProcess(kafka, settings.stateDirectory(),
                    settings.threads(), monitor.registry())) {
                monitor.ready(PartReadiness.of(aggregator));
                aggregator.onFailure(cause -> lifetime.failed("aggregator", cause));
                aggregator.start();
                lifetime.awaitEnd();
            }
        });
    }
}
