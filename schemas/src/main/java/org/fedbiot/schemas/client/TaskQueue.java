package org.fedbiot.schemas.client;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;

/**
 * Server tasks as a work queue: a share group with lock renewal where brokers have one (4.2 and newer), else a consumer
 * group. How a share group reads is its own configuration on the brokers, not its members'; a worker's principal may
 * not alter it, so whoever makes the topics sets it, and a worker checks it.
 */
public final class TaskQueue {

    /** Not the consumer group's id: a broker keeps to the kind that a group once had. */
    public static final String SHARE_GROUP = "fedbiot-server-worker-share";

    public static final String CONSUMER_GROUP = "fedbiot-server-worker";

    /**
     * So many times is a record handed out before the broker gives it up without a word; the most that a broker allows
     * by default. Whoever takes a record for the last times must see that its task does not vanish with it.
     */
    public static final int DELIVERY_LIMIT = 10;

    private static final String DELIVERY_LIMIT_CONFIG = "share.delivery.count.limit";
    private static final String RENEW_CONFIG = "share.renew.acknowledge.enable";
    private static final String SHARE_FEATURE = "share.version";
    private static final ConfigResource GROUP = new ConfigResource(ConfigResource.Type.GROUP, SHARE_GROUP);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private TaskQueue() {
    }

    /**
     * The group's configuration: all tasks there are, also those from before its first member came; those of committed
     * decisions alone; as long as their worker says so.
     */
    public static Map<String, String> config() {
        return new TreeMap<>(Map.of(
                "share.auto.offset.reset", "earliest",
                "share.isolation.level", "read_committed",
                RENEW_CONFIG, "true",
                DELIVERY_LIMIT_CONFIG, Integer.toString(DELIVERY_LIMIT)));
    }

    /**
     * Why the brokers have no share group that a task of an hour could rely on; empty if they have.
     *
     * @throws KafkaException if the broker refuses or does not answer
     */
    public static Optional<String> lack(Admin admin) {
        FinalizedVersionRange share = Answers.await("describe the cluster's features",
                admin.describeFeatures().featureMetadata()).finalizedFeatures().get(SHARE_FEATURE);
        if (share == null || share.maxVersionLevel() < 1) {
            return Optional.of("the cluster has no share groups (feature " + SHARE_FEATURE + ")");
        }
        return found(admin).get(RENEW_CONFIG) == null
                ? Optional.of("the brokers do not renew the locks of share groups (" + RENEW_CONFIG + ")")
                : Optional.empty();
    }

    /**
     * Sets what is not as {@link #config} says, and returns once a broker shows it. The first worker must find it so:
     * where a group begins is decided once.
     *
     * @throws KafkaException if the broker refuses: ALTER_CONFIGS on the group is needed; or does not show it in time
     */
    public static void configure(Admin admin) {
        Map<String, String> amiss = amiss(found(admin));
        if (!amiss.isEmpty()) {
            Collection<AlterConfigOp> changes = amiss.keySet().stream()
                    .map(key -> new AlterConfigOp(new ConfigEntry(key, config().get(key)), AlterConfigOp.OpType.SET))
                    .toList();
            Answers.await("configure share group " + SHARE_GROUP,
                    admin.incrementalAlterConfigs(Map.of(GROUP, changes)).all());
            awaitShown(admin);
        }
    }

    /** The controller has it at once; brokers hear of it within milliseconds, on a busy machine within a second or two. */
    private static void awaitShown(Admin admin) {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (!amiss(found(admin)).isEmpty()) {
            if (System.nanoTime() > giveUp) {
                throw new KafkaException("share group " + SHARE_GROUP + " was configured, and its brokers do not show it"
                        + " within " + PATIENCE.toSeconds() + " s: " + amiss(found(admin)));
            }
        }
    }

    /**
     * As {@link #configure} where this principal may, and {@link #verify} in any case.
     *
     * @throws IllegalStateException as {@link #verify}
     */
    public static void prepare(Admin admin) {
        try {
            configure(admin);
        } catch (KafkaException e) {
            if (!(e.getCause() instanceof AuthorizationException)) {
                throw e;
            }
        }
        verify(admin);
    }

    /**
     * Whether the share group would read as it must.
     *
     * @throws IllegalStateException if not; names key, what was found, what is wanted, and how to mend it
     * @throws KafkaException if the broker refuses: DESCRIBE_CONFIGS on the group is needed
     */
    public static void verify(Admin admin) {
        amiss(found(admin)).entrySet().stream().findFirst().ifPresent(entry -> {
            throw new IllegalStateException("share group " + SHARE_GROUP + " has " + entry.getKey() + " "
                    + entry.getValue() + ", the task queue needs " + config().get(entry.getKey())
                    + "; mend it with: kafka-configs.sh --bootstrap-server <broker> --alter --entity-type groups"
                    + " --entity-name " + SHARE_GROUP + " --add-config " + config().entrySet().stream()
                            .map(Object::toString).collect(Collectors.joining(",")));
        });
    }

    private static Map<String, String> found(Admin admin) {
        Config config = Answers.await("describe share group " + SHARE_GROUP,
                admin.describeConfigs(List.of(GROUP)).values().get(GROUP));
        return config.entries().stream().filter(entry -> entry.value() != null)
                .collect(Collectors.toMap(ConfigEntry::name, ConfigEntry::value));
    }

    /**
     * What was found and is not as it must be, of the keys that these brokers know: those that leave the delivery limit
     * to the broker's own configuration have none for it.
     */
    private static Map<String, String> amiss(Map<String, String> found) {
        Map<String, String> amiss = new TreeMap<>(found);
        amiss.keySet().retainAll(config().keySet());
        amiss.entrySet().removeIf(entry -> suffices(entry.getKey(), entry.getValue()));
        return amiss;
    }

    private static boolean suffices(String key, String found) {
        return key.equals(DELIVERY_LIMIT_CONFIG) ? Integer.parseInt(found) >= DELIVERY_LIMIT
                : found.equals(config().get(key));
    }
}
