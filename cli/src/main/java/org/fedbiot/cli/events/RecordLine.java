package org.fedbiot.cli.events;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.fedbiot.cli.report.RunIds;
import org.fedbiot.schemas.event.DeadLetter;
import org.fedbiot.schemas.wire.EventHeaders;
import org.fedbiot.schemas.wire.RawEvent;
import org.fedbiot.schemas.wire.RegistryException;
import org.fedbiot.schemas.wire.SchemaRegistry;

/**
 * A record as {@code events tail} shows it.
 *
 * @param run that it is about; empty if it says none
 */
record RecordLine(String run, ObjectNode json) {

    private static final int NOT_FOUND = 404;

    /** @throws RegistryException if the registry cannot be asked */
    static RecordLine of(SchemaRegistry registry, ConsumerRecord<byte[], byte[]> record) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        String key = text(record.key());
        json.put("topic", record.topic()).put("partition", record.partition()).put("offset", record.offset())
                .put("timestamp", Instant.ofEpochMilli(record.timestamp()).toString()).put("key", key);
        ObjectNode headers = json.putObject("headers");
        for (Header header : record.headers()) {
            headers.put(header.key(), text(header.value()));
        }
        try {
            SpecificRecord event = RawEvent.of(registry, record.topic(), record.value()).decode(record.topic());
            json.put("type", event.getSchema().getName());
            json.set("event", EventJson.of(event));
            return new RecordLine(run(event), json);
        } catch (RegistryException e) {
            if (e.httpStatus() != NOT_FOUND) {
                throw e;
            }
            return unusable(json, record, e);
        } catch (SerializationException e) {
            return unusable(json, record, e);
        }
    }

    private static RecordLine unusable(ObjectNode json, ConsumerRecord<byte[], byte[]> record,
            SerializationException reason) {
        json.putNull("type");
        json.putNull("event");
        ObjectNode unusable = json.putObject("unusable");
        unusable.put("reason", reason.getMessage());
        unusable.setAll(EventJson.bytes(ByteBuffer.wrap(record.value() == null ? new byte[0] : record.value())));
        String named = Optional.ofNullable(record.headers().lastHeader(EventHeaders.RUN)).map(Header::value)
                .map(RecordLine::text).orElseGet(() -> firstPart(text(record.key())));
        return new RecordLine(named, json);
    }

    /** A dead letter is about the run of the record that could not be used. */
    private static String run(SpecificRecord event) {
        return event instanceof DeadLetter letter ? firstPart(letter.getKey()) : RunIds.of(event);
    }

    private static String firstPart(String key) {
        return key.split("/", 2)[0];
    }

    private static String text(byte[] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }
}
