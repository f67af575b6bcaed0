package org.fedbiot.cli.process;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.fedbiot.aggregator.stream.AggregatorProcess;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.topic.Role;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The aggregator as a process. */
@Command(
        name = "aggregator",
        mixinStandardHelpOptions = true,
        description = "Run an aggregator until SIGTERM. Several share the work, each with a state directory of its own.")
public final class AggregatorCommand implements Callable<Integer> {

    @Mixin
    private ConnectOptions connect;

    @Option(names = "--state-dir", required = true, paramLabel = "DIR",
            description = "What it has at hand; rebuilt from the log if it is lost.")
    private Path stateDirectory;

    @Option(names = "--threads", defaultValue = "1", description = "Threads of work (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Override
    public Integer call() {
        KafkaSettings kafka = connect.kafka();
        return Lifetime.run(lifetime -> {
            if (!ClusterWait.await(kafka, Role.AGGREGATOR, lifetime::endsWithin)) {
                return;
            }
            try (AggregatorProcess aggregator = new AggregatorProcess(kafka, stateDirectory, threads)) {
                aggregator.onFailure(cause -> lifetime.failed("aggregator", cause));
                aggregator.start();
                lifetime.awaitEnd();
            }
        });
    }
}
