package org.fedbiot.cli.monitoring;

import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.apache.kafka.streams.KafkaStreams;
import org.fedbiot.aggregator.stream.AggregatorProcess;
import org.fedbiot.coordinator.runtime.CoordinatorProcess;
import org.fedbiot.coordinator.runtime.Standing;
import org.fedbiot.worker.client.ClientWorker;
import org.fedbiot.worker.server.ServerWorker;

/** When each part of the pipeline does its part. */
public final class PartReadiness {

    private PartReadiness() {
    }

    /** One that stands by is ready: it does what it is there for. */
    public static Supplier<Readiness> of(CoordinatorProcess coordinator) {
        return () -> {
            Standing standing = coordinator.standing();
            return switch (standing) {
                case DECIDING -> Readiness.ready("decides");
                case STANDING_BY -> Readiness.ready("standby: another coordinator decides");
                case READING -> Readiness.notYet("reads the decision log");
                case STARTING -> Readiness.notYet("waits for its group");
                case ENDED -> Readiness.notYet("has ended");
            };
        };
    }

    /** While partitions are dealt out anew, nothing is screened. */
    public static Supplier<Readiness> of(AggregatorProcess aggregator) {
        return () -> {
            KafkaStreams.State state = aggregator.state();
            String detail = "Kafka Streams is " + state.name().toLowerCase(Locale.ROOT);
            return new Readiness(state == KafkaStreams.State.RUNNING, detail);
        };
    }

    public static Supplier<Readiness> of(ServerWorker worker) {
        return () -> worker.isJoined() ? Readiness.ready("takes server tasks")
                : Readiness.notYet("waits for its group");
    }

    public static Supplier<Readiness> of(List<ClientWorker> clients) {
        return () -> {
            long following = clients.stream().filter(ClientWorker::isFollowing).count();
            return new Readiness(following == clients.size(),
                    following + " of " + clients.size() + " clients follow the announcements");
        };
    }
}
