package org.fedbiot.cli.process;

import java.time.Clock;
import java.util.concurrent.Callable;
import org.fedbiot.cli.monitoring.Monitor;
import org.fedbiot.cli.monitoring.PartReadiness;
import org.fedbiot.cli.monitoring.QueueLag;
import org.fedbiot.coordinator.runtime.CoordinatorProcess;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.topic.Role;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The coordinator as a process. */
@Command(
        name = "coordinator",
        mixinStandardHelpOptions = true,
        description = "Run a coordinator until SIGTERM. One of a cluster decides; a second one stands by.")
public final class CoordinatorCommand implements Callable<Integer> {

    @Mixin
    private ProcessOptions options;

    @Override
    public Integer call() {
        return options.run(CoordinatorSettings.class, "coordinator", CoordinatorCommand::run);
    }

    private static int run(CoordinatorSettings settings, Monitor monitor) {
        KafkaSettings kafka = settings.cluster().connect();
        return Lifetime.run(lifetime -> {
            if (!ClusterWait.await(kafka, Role.COORDINATOR, lifetime::endsWithin)) {
                return;
            }
            try (CoordinatorProcess coordinator = new CoordinatorProcess(kafka, Clock.systemUTC(),
                    cause -> lifetime.failed("coordinator", cause), monitor.registry())) {
                monitor.ready(PartReadiness.of(coordinator));
                coordinator.start();
                awaitEnd(kafka, monitor, lifetime);
            }
        });
    }

    /** Who nobody watches asks the broker nothing. */
    private static void awaitEnd(KafkaSettings kafka, Monitor monitor, Lifetime lifetime) {
        if (monitor.url().isEmpty()) {
            lifetime.awaitEnd();
            return;
        }
        try (QueueLag lag = new QueueLag(kafka, monitor.registry())) {
            lag.start();
            lifetime.awaitEnd();
        }
    }
}
