package org.fedbiot.infra.strimzi;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.fedbiot.schemas.topic.AccessPlan;

/**
 * The users of a federation as {@code KafkaUser}s, each with the rules of its role. They log in with a password
 * (SCRAM-SHA-512), which the operator makes and keeps in a secret of the user's name.
 */
public final class StrimziUsers {

    private static final Map<ResourceType, String> TYPES = Map.of(
            ResourceType.TOPIC, "topic", ResourceType.GROUP, "group",
            ResourceType.TRANSACTIONAL_ID, "transactionalId");
    private static final Map<AclOperation, String> OPERATIONS = Map.of(
            AclOperation.READ, "Read", AclOperation.WRITE, "Write", AclOperation.CREATE, "Create",
            AclOperation.DELETE, "Delete", AclOperation.ALTER, "Alter", AclOperation.DESCRIBE, "Describe",
            AclOperation.ALTER_CONFIGS, "AlterConfigs", AclOperation.DESCRIBE_CONFIGS, "DescribeConfigs");
    private static final Map<PatternType, String> PATTERNS = Map.of(
            PatternType.LITERAL, "literal", PatternType.PREFIXED, "prefix");
    private static final String USER = "User:";

    private StrimziUsers() {
    }

    /**
     * One for each principal, in the plan's order.
     *
     * @throws IllegalArgumentException if a name cannot be a resource's: Kubernetes takes no capitals and no underscores
     */
    public static List<ObjectNode> of(StrimziCluster cluster, AccessPlan plan) {
        Map<String, List<AclBinding>> rules = plan.rules().stream().collect(Collectors.groupingBy(
                rule -> rule.entry().principal(), LinkedHashMap::new, Collectors.toList()));
        return rules.entrySet().stream()
                .map(user -> resource(cluster, user.getKey().substring(USER.length()), user.getValue()))
                .toList();
    }

    private static ObjectNode resource(StrimziCluster cluster, String name, List<AclBinding> rules) {
        if (!name.matches("[a-z0-9]([a-z0-9.-]*[a-z0-9])?")) {
            throw new IllegalArgumentException("user " + name + " cannot be a resource of Kubernetes: a name there has"
                    + " lower case letters, digits, dots and dashes");
        }
        ObjectNode resource = cluster.resource("KafkaUser", name);
        ObjectNode spec = resource.putObject("spec");
        spec.putObject("authentication").put("type", "scram-sha-512");
        ArrayNode acls = spec.putObject("authorization").put("type", "simple").putArray("acls");
        Map<ResourcePattern, TreeSet<String>> operations = new LinkedHashMap<>();
        rules.forEach(rule -> operations.computeIfAbsent(rule.pattern(), unused -> new TreeSet<>())
                .add(word(OPERATIONS, rule.entry().operation())));
        operations.forEach((pattern, may) -> {
            ObjectNode acl = acls.addObject().put("type", "allow");
            acl.putObject("resource").put("type", word(TYPES, pattern.resourceType())).put("name", pattern.name())
                    .put("patternType", word(PATTERNS, pattern.patternType()));
            may.forEach(acl.putArray("operations")::add);
        });
        return resource;
    }

    private static <T> String word(Map<T, String> words, T constant) {
        String word = words.get(constant);
        if (word == null) {
            throw new IllegalArgumentException("no word of Strimzi for " + constant);
        }
        return word;
    }
}
