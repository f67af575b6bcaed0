package org.fedbiot.cli.process;

import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.LongPredicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.fedbiot.cli.UserError;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.topic.Role;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.SchemaRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for broker, topics and registry, so that the order in which processes are started does not matter. */
public final class ClusterWait {

    private static final Logger LOGGER = LoggerFactory.getLogger(ClusterWait.class);
    private static final long RETRY_MILLIS = 500;
    private static final String ATTEMPT_MILLIS = "3000";

    private final KafkaSettings kafka;
    private final Role role;
    private final SchemaRegistry registry;

    private ClusterWait(KafkaSettings kafka, Role role) {
        this.kafka = kafka;
        this.role = role;
        this.registry = registry(kafka);
    }

    /**
     * Returns when the cluster takes work, or is no longer waited for.
     *
     * @param role of the process that waits: it need not see topics that it does not use
     * @param endsWithin waits so many milliseconds before the next try; true to wait no longer
     * @return false if it was no longer waited for
     * @throws UserError if no cluster can ever be reached with these settings
     */
    public static boolean await(KafkaSettings kafka, Role role, LongPredicate endsWithin) {
        ClusterWait wait = new ClusterWait(kafka, role);
        String said = "";
        while (true) {
            Optional<String> lack = wait.lack();
            if (lack.isEmpty()) {
                return true;
            }
            if (!lack.get().equals(said)) {
                said = lack.get();
                LOGGER.atInfo().addKeyValue("missing", said).log("waiting for the cluster");
            }
            if (endsWithin.test(RETRY_MILLIS)) {
                return false;
            }
        }
    }

    private static SchemaRegistry registry(KafkaSettings kafka) {
        try {
            return kafka.registry();
        } catch (IllegalArgumentException e) {
            throw new UserError("schemaRegistry " + kafka.schemaRegistryUrl() + ": " + e.getMessage(), e);
        }
    }

    private Optional<String> lack() {
        return topicsLack().or(registry::unavailability);
    }

    private Optional<String> topicsLack() {
        Properties properties = kafka.admin();
        properties.put("request.timeout.ms", ATTEMPT_MILLIS);
        properties.put("default.api.timeout.ms", ATTEMPT_MILLIS);
        // Each try is a line in the log.
        properties.put("reconnect.backoff.ms", Long.toString(RETRY_MILLIS));
        properties.put("reconnect.backoff.max.ms", Long.toString(RETRY_MILLIS));
        try (Admin admin = Admin.create(properties)) {
            Set<String> names = admin.listTopics().names().get();
            return Topics.usedBy(role).stream().map(Topic::name).filter(name -> !names.contains(name)).findFirst()
                    .map(name -> "the cluster at " + kafka.bootstrapServers() + " has no topic " + name);
        } catch (ExecutionException e) {
            return Optional.of("no answer from " + kafka.bootstrapServers() + ": " + e.getCause().getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        } catch (KafkaException e) {
            throw new UserError("bootstrapServers " + kafka.bootstrapServers() + ": " + e.getCause().getMessage(), e);
        }
    }
}
