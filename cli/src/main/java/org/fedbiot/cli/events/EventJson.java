package org.fedbiot.cli.events;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.fedbiot.schemas.integrity.Sha256;

/** Events as JSON under the names of their schemas; bytes stand as their number and SHA-256. */
final class EventJson {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private EventJson() {
    }

    static ObjectNode of(IndexedRecord event) {
        ObjectNode object = JSON.objectNode();
        for (Schema.Field field : event.getSchema().getFields()) {
            object.set(field.name(), value(event.get(field.pos())));
        }
        return object;
    }

    private static JsonNode value(Object value) {
        if (value == null) {
            return JSON.nullNode();
        } else if (value instanceof IndexedRecord record) {
            return of(record);
        } else if (value instanceof List<?> list) {
            ArrayNode array = JSON.arrayNode();
            list.forEach(element -> array.add(value(element)));
            return array;
        } else if (value instanceof Map<?, ?> map) {
            ObjectNode object = JSON.objectNode();
            map.forEach((key, element) -> object.set(key.toString(), value(element)));
            return object;
        } else if (value instanceof ByteBuffer bytes) {
            return bytes(bytes);
        } else if (value instanceof Integer number) {
            return JSON.numberNode(number);
        } else if (value instanceof Long number) {
            return JSON.numberNode(number);
        } else if (value instanceof Double number) {
            return JSON.numberNode(number);
        } else if (value instanceof Boolean bool) {
            return JSON.booleanNode(bool);
        }
        return JSON.textNode(value.toString());
    }

    static ObjectNode bytes(ByteBuffer bytes) {
        return JSON.objectNode().put("bytes", bytes.remaining()).put("sha256", Sha256.of(bytes.duplicate()));
    }
}
