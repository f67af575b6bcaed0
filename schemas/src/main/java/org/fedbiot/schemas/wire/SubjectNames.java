package org.fedbiot.schemas.wire;

import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;

/**
 * Registry subjects, from the catalogue: {@code <topic>-value} where a topic carries one type of event (Confluent's
 * TopicNameStrategy), {@code <topic>-<record full name>} where it carries several, or is not in the catalogue, such as
 * the internal topics of Kafka Streams (TopicRecordNameStrategy).
 */
public final class SubjectNames {

    private static final String RESERVED_PREFIX = "fedbiot.";

    private SubjectNames() {
    }

    /**
     * @throws SerializationException if the catalogue knows the topic and it does not carry the event, or the name is
     *     one that only the catalogue may give
     */
    public static String of(String topic, Schema event) {
        Topic known = Topics.find(topic).orElse(null);
        if (known == null) {
            if (topic.startsWith(RESERVED_PREFIX)) {
                throw new SerializationException("topic " + topic + " is not in the catalogue");
            }
            return topic + "-" + event.getFullName();
        }
        if (known.events().stream().noneMatch(carried -> carried.getFullName().equals(event.getFullName()))) {
            throw new SerializationException("topic " + topic + " does not carry " + event.getFullName()
                    + "; see the topic catalogue");
        }
        return known.events().size() == 1 ? topic + "-value" : topic + "-" + event.getFullName();
    }
}
