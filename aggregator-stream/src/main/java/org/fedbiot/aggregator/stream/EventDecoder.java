package org.fedbiot.aggregator.stream;

import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.RegistryException;

/**
 * Bytes to events. It sits in the processor and not in the source node, so that every dead letter can carry the hash
 * of the very bytes, a record that waits keeps them as they are, and a registry's outage stops the task where a
 * deserialization handler would have to guess whether the record or the registry is to blame.
 */
final class EventDecoder {

    private static final Pattern IDENTIFIER = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final Map<String, Topic> CATALOGUE =
            Topics.ALL.stream().collect(Collectors.toMap(Topic::name, Function.identity()));

    private final Deserializer<?> deserializer;

    EventDecoder(Deserializer<?> deserializer) {
        this.deserializer = deserializer;
    }

    /**
     * @throws UnusableRecordException if this is none of the topic's events
     * @throws RegistryException if the registry did not answer: the record may be good, try again later
     */
    SpecificRecord decode(Arrival arrival) {
        Object event = deserialize(arrival);
        if (!(event instanceof SpecificRecord specific)) {
            throw new UnusableRecordException(event == null ? "no value" : "not an event: " + event.getClass());
        }
        // Whoever may write to a submit topic must not be able to close a round there.
        if (!carries(CATALOGUE.get(arrival.topic()), specific.getSchema())) {
            throw new UnusableRecordException("the topic does not carry " + specific.getSchema().getFullName());
        }
        checkIdentifier(specific, "runId");
        checkIdentifier(specific, "clientId");
        return specific;
    }

    /** Folds decode beside their task, and a deserializer promises nothing to two threads. */
    private synchronized Object deserialize(Arrival arrival) {
        try {
            return deserializer.deserialize(arrival.topic(), arrival.value());
        } catch (RegistryException e) {
            if (isOutage(e)) {
                throw e;
            }
            throw new UnusableRecordException("undecodable: " + e.getMessage(), e);
        } catch (SerializationException e) {
            throw new UnusableRecordException("undecodable: " + e.getMessage(), e);
        }
    }

    /** Only "there is no such id" speaks of the record; anything else that the registry says, of the registry. */
    private static boolean isOutage(RegistryException e) {
        return e.httpStatus() != 404;
    }

    private static boolean carries(Topic topic, Schema schema) {
        return topic.events().stream().anyMatch(known -> known.getFullName().equals(schema.getFullName()));
    }

    /** Identifiers become parts of state keys, where a slash would reach into another's state. */
    private static void checkIdentifier(SpecificRecord event, String name) {
        Schema.Field field = event.getSchema().getField(name);
        if (field != null && !IDENTIFIER.matcher(String.valueOf(event.get(field.pos()))).matches()) {
            throw new UnusableRecordException(name + " is not " + IDENTIFIER);
        }
    }
}
