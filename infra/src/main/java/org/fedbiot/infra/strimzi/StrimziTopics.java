package org.fedbiot.infra.strimzi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.TreeMap;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;

/** The catalogue's topics as {@code KafkaTopic}s. */
public final class StrimziTopics {

    private StrimziTopics() {
    }

    /** All of them, in the catalogue's order. */
    public static List<ObjectNode> of(StrimziCluster cluster) {
        return Topics.ALL.stream().map(topic -> resource(cluster, topic)).toList();
    }

    private static ObjectNode resource(StrimziCluster cluster, Topic topic) {
        ObjectNode resource = cluster.resource("KafkaTopic", topic.name());
        ObjectNode spec = resource.putObject("spec").put("partitions", topic.partitions())
                .put("replicas", cluster.replicas());
        ObjectNode config = spec.putObject("config");
        new TreeMap<>(TopicCreation.config(topic, cluster.replicas())).forEach(config::put);
        return resource;
    }
}
