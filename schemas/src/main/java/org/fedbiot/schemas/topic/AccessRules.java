package org.fedbiot.schemas.topic;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.PatternType.LITERAL;
import static org.apache.kafka.common.resource.PatternType.PREFIXED;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.apache.kafka.common.resource.ResourceType.TRANSACTIONAL_ID;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * What a principal may do in a role: the catalogue's topics as their writers and readers say, and the groups,
 * transactional ids and internal topics that the role's process works with. Everything else is refused by a broker that
 * allows nothing without a rule. Reading and writing include describing; writing anywhere includes idempotent writes.
 */
public final class AccessRules {

    private static final String ANY_HOST = "*";
    private static final String COORDINATOR = "fedbiot-coordinator";
    private static final String AGGREGATOR = "fedbiot-aggregator";
    private static final String SERVER_WORKER = "fedbiot-server-worker";
    private static final String CLIENT = "fedbiot-client-";
    private static final String REGISTRY = "fedbiot-registry";
    private static final String ALL_OURS = "fedbiot-";

    private final String principal;
    private final List<AclBinding> rules = new ArrayList<>();

    private AccessRules(String principal) {
        this.principal = principal;
    }

    /**
     * @param principal the user's name, as in {@code User:name}; a client's is its id
     * @return in the order of the catalogue, then groups and the rest
     */
    public static List<AclBinding> of(Role role, String principal) {
        AccessRules rules = new AccessRules(principal);
        rules.topics(role);
        switch (role) {
            case COORDINATOR -> rules
                    // Its offsets, and the lease for which a second one stands by.
                    .allow(GROUP, PREFIXED, COORDINATOR, READ)
                    // It shows how far the server's side is behind, and reads nothing for that.
                    .allow(GROUP, LITERAL, AGGREGATOR, DESCRIBE)
                    .allow(GROUP, PREFIXED, SERVER_WORKER, DESCRIBE)
                    .allow(TRANSACTIONAL_ID, LITERAL, COORDINATOR, WRITE);
            case AGGREGATOR -> rules
                    .allow(GROUP, LITERAL, AGGREGATOR, READ)
                    // Kafka Streams names them by process and thread.
                    .allow(TRANSACTIONAL_ID, PREFIXED, AGGREGATOR + "-", WRITE)
                    // Repartition topic and changelogs: made at the start, and cut off where they were read.
                    .allow(TOPIC, PREFIXED, AGGREGATOR + "-", READ, WRITE, CREATE, DELETE, DESCRIBE_CONFIGS);
            // A share group's settings say what its members are given, and are looked at before one joins.
            case SERVER_WORKER -> rules.allow(GROUP, PREFIXED, SERVER_WORKER, READ, DESCRIBE_CONFIGS);
            // By the whole name: with a prefix, client "a" could join the group of client "a-2".
            case CLIENT -> rules.allow(GROUP, LITERAL, CLIENT + principal, READ);
            // How far everybody is, without being one of them.
            case OPERATOR -> rules.allow(GROUP, PREFIXED, ALL_OURS, DESCRIBE);
            case REGISTRY -> rules
                    .allow(TOPIC, LITERAL, Topics.REGISTRY_SCHEMA.name(), CREATE)
                    .allow(TRANSACTIONAL_ID, LITERAL, REGISTRY, WRITE);
        }
        return List.copyOf(rules.rules);
    }

    private void topics(Role role) {
        for (Topic topic : Topics.ALL) {
            if (topic.readers().contains(role)) {
                allow(TOPIC, LITERAL, topic.name(), READ);
            }
            if (topic.writers().contains(role)) {
                allow(TOPIC, LITERAL, topic.name(), WRITE);
            }
        }
        for (Topic topic : Topics.checkedBy(role)) {
            if (!topic.isUsedBy(role)) {
                allow(TOPIC, LITERAL, topic.name(), DESCRIBE);
            }
            allow(TOPIC, LITERAL, topic.name(), DESCRIBE_CONFIGS);
        }
    }

    private AccessRules allow(ResourceType type, PatternType pattern, String name, AclOperation... operations) {
        for (AclOperation operation : operations) {
            rules.add(new AclBinding(new ResourcePattern(type, name, pattern),
                    new AccessControlEntry("User:" + principal, ANY_HOST, operation, AclPermissionType.ALLOW)));
        }
        return this;
    }
}
