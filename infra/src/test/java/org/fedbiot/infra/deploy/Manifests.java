package org.fedbiot.infra.deploy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.strimzi.api.kafka.model.kafka.Kafka;
import io.strimzi.api.kafka.model.nodepool.KafkaNodePool;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import io.strimzi.api.kafka.model.user.KafkaUser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The files of {@code infra/kubernetes}, read with the model classes of Kubernetes and Strimzi: no field is unknown. */
final class Manifests {

    static final Path DIRECTORY = Path.of("kubernetes");

    private static final YAMLFactory YAML = YAMLFactory.builder().enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
            .build();
    private static final ObjectMapper TREES = new ObjectMapper(YAML);

    /** The classes would keep a field that they do not know for later; here it is an error. */
    private static final ObjectMapper STRICT = new ObjectMapper(YAML)
            .setAnnotationIntrospector(new JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                    return false;
                }
            })
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private static final Map<String, Class<?>> CLASSES = Map.ofEntries(
            Map.entry("v1 Namespace", Namespace.class),
            Map.entry("v1 Service", Service.class),
            Map.entry("v1 Secret", Secret.class),
            Map.entry("v1 ConfigMap", ConfigMap.class),
            Map.entry("v1 PersistentVolumeClaim", PersistentVolumeClaim.class),
            Map.entry("apps/v1 Deployment", Deployment.class),
            Map.entry("apps/v1 StatefulSet", StatefulSet.class),
            Map.entry("policy/v1 PodDisruptionBudget", PodDisruptionBudget.class),
            Map.entry("kafka.strimzi.io/v1 Kafka", Kafka.class),
            Map.entry("kafka.strimzi.io/v1 KafkaNodePool", KafkaNodePool.class),
            Map.entry("kafka.strimzi.io/v1 KafkaTopic", KafkaTopic.class),
            Map.entry("kafka.strimzi.io/v1 KafkaUser", KafkaUser.class));

    /** One document. */
    record Manifest(Path file, JsonNode tree) {

        String kind() {
            return tree.path("apiVersion").asText() + " " + tree.path("kind").asText();
        }

        String name() {
            return tree.path("metadata").path("name").asText();
        }

        /** @throws AssertionError if no official class is known for it, or one field is not in it */
        Object strict() {
            Class<?> type = CLASSES.get(kind());
            if (type == null) {
                throw new AssertionError(file + ": no class is known for " + kind());
            }
            try {
                return STRICT.treeToValue(tree, type);
            } catch (IOException e) {
                throw new AssertionError(file + ", " + kind() + " " + name() + ": " + e.getMessage(), e);
            }
        }

        @Override
        public String toString() {
            return file.getFileName() + " " + tree.path("kind").asText() + " " + name();
        }
    }

    private Manifests() {
    }

    /** All documents of all files. */
    static List<Manifest> all() {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted()
                    .filter(file -> !file.endsWith("kustomization.yaml"))
                    .flatMap(file -> of(file).stream()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Manifest> of(Path file) {
        try (MappingIterator<JsonNode> documents = TREES.readerFor(JsonNode.class).readValues(file.toFile())) {
            return documents.readAll().stream().map(tree -> new Manifest(file, tree)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static <T> List<T> of(String file, Class<T> type) {
        return of(DIRECTORY.resolve(file)).stream().map(Manifest::strict).map(type::cast).toList();
    }

    static JsonNode tree(Path file) {
        try {
            return TREES.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": " + e.getMessage(), e);
        }
    }
}
