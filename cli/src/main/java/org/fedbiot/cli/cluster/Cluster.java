package org.fedbiot.cli.cluster;

import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.fedbiot.cli.ExitCode;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.simulation.ClusterFile;
import org.fedbiot.cli.simulation.RunDirectory;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.infra.EmbeddedRegistry;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCreation;

/** A cluster that a command reads or writes: one that runs elsewhere, or a run's own broker, up for this command. */
public final class Cluster implements AutoCloseable {

    private static final String ATTEMPT_MILLIS = "5000";

    private final KafkaSettings kafka;
    private final Optional<EmbeddedKafka> broker;
    private final Optional<EmbeddedRegistry> registry;

    private Cluster(KafkaSettings kafka, Optional<EmbeddedKafka> broker, Optional<EmbeddedRegistry> registry) {
        this.kafka = kafka;
        this.broker = broker;
        this.registry = registry;
    }

    /** @throws UserError if the cluster does not answer */
    static Cluster running(KafkaSettings kafka) {
        requireAnswer(kafka);
        return new Cluster(kafka, Optional.empty(), Optional.empty());
    }

    /** Found now, not after a client's minute of tries. */
    private static void requireAnswer(KafkaSettings kafka) {
        Properties properties = kafka.admin();
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ATTEMPT_MILLIS);
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ATTEMPT_MILLIS);
        try (Admin admin = Admin.create(properties)) {
            admin.describeCluster().nodes().get();
        } catch (ExecutionException e) {
            throw new UserError(ExitCode.NO_ANSWER, "no answer from " + kafka.bootstrapServers() + ": "
                    + e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserError("interrupted while asking " + kafka.bootstrapServers(), e);
        } catch (KafkaException e) {
            throw new UserError(kafka.bootstrapServers() + " cannot be asked: "
                    + (e.getCause() == null ? e : e.getCause()).getMessage(), e);
        }
    }

    /**
     * Starts broker and registry on what an earlier one left.
     *
     * @throws UserError if another broker runs there, or it does not start
     */
    static Cluster embedded(RunDirectory run) {
        EmbeddedKafka broker;
        try {
            broker = EmbeddedKafka.start(run.kafka(), 0);
        } catch (IllegalStateException e) {
            throw new UserError(e.getMessage(), e);
        }
        try {
            new ClusterFile(run.cluster()).close();
            EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrapServers(), 0);
            return new Cluster(new KafkaSettings(broker.bootstrapServers(), registry.url()), Optional.of(broker),
                    Optional.of(registry));
        } catch (RuntimeException e) {
            broker.close();
            throw e;
        }
    }

    /**
     * As {@link #embedded}, with the catalogue's topics made where they are missing.
     *
     * @throws UserError if the topics that are there are others
     */
    static Cluster made(RunDirectory run) {
        Cluster cluster = embedded(run);
        try (Admin admin = Admin.create(cluster.kafka().admin())) {
            TopicCreation.createMissing(admin, (short) 1);
            return cluster;
        } catch (IllegalStateException e) {
            cluster.close();
            throw new UserError(e.getMessage(), e);
        }
    }

    public KafkaSettings kafka() {
        return kafka;
    }

    /** Whether broker and registry were started for this command, and nothing else runs on them. */
    public boolean isOwn() {
        return broker.isPresent();
    }

    /** Stops what was started for the command; a cluster that runs elsewhere runs on. */
    @Override
    public void close() {
        try {
            registry.ifPresent(EmbeddedRegistry::close);
        } finally {
            broker.ifPresent(EmbeddedKafka::close);
        }
    }
}
