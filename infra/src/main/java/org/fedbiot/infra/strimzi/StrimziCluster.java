package org.fedbiot.infra.strimzi;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A Kafka cluster that Strimzi runs, as its topics and users name it.
 *
 * @param name of the resource {@code Kafka}
 * @param replicas copies of every partition
 */
public record StrimziCluster(String name, short replicas) {

    static final String API_VERSION = "kafka.strimzi.io/v1";

    private static final String NAME = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .build();

    public StrimziCluster {
        if (!name.matches(NAME)) {
            throw new IllegalArgumentException("the cluster's name \"" + name + "\" does not match " + NAME);
        }
        if (replicas < 1) {
            throw new IllegalArgumentException("replicas must be positive, not " + replicas);
        }
    }

    /** Documents of one file, one after the other. */
    public static String yaml(List<ObjectNode> resources) {
        return resources.stream().map(StrimziCluster::document).collect(Collectors.joining());
    }

    /** With kind and name; what it is to be goes into its {@code spec}. */
    ObjectNode resource(String kind, String resourceName) {
        ObjectNode resource = JsonNodeFactory.instance.objectNode().put("apiVersion", API_VERSION).put("kind", kind);
        resource.putObject("metadata").put("name", resourceName).putObject("labels").put("strimzi.io/cluster", name);
        return resource;
    }

    private static String document(ObjectNode resource) {
        try {
            return YAML.writeValueAsString(resource);
        } catch (IOException e) {
            throw new UncheckedIOException("a tree cannot be written as YAML", e);
        }
    }
}
