package org.fedbiot.cli.archive;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.fedbiot.schemas.wire.RawEvent;

/**
 * Records of one topic as records of one Avro file. The schema that an event was written with stands in the first
 * record that needs it, under a number that later ones name: a file is read without a registry, and written in one
 * pass. One instance for each file and direction.
 */
final class RecordFormat {

    static final Schema SCHEMA = SchemaBuilder.record("ArchivedRecord").namespace("org.fedbiot.archive")
            .doc("A Kafka record; its value is Avro binary of the schema with its number.").fields()
            .requiredInt("partition").requiredLong("offset").requiredLong("timestampMillis").requiredString("key")
            .name("headers").type().array().items(SchemaBuilder.record("ArchivedHeader").fields()
                    .requiredString("name").requiredBytes("value").endRecord()).noDefault()
            .name("schema").doc("number of the value's schema in this file").type().intType().noDefault()
            .name("definition").doc("that schema, in the first record that names it").type().optional().stringType()
            .requiredBytes("value")
            .endRecord();

    private final Map<Schema, Integer> numbers = new IdentityHashMap<>();
    private final Map<String, Integer> definitions = new HashMap<>();
    private final Map<Integer, Schema> known = new HashMap<>();

    GenericRecord encode(ArchivedRecord record) {
        GenericRecord encoded = new GenericData.Record(SCHEMA);
        encoded.put("partition", record.partition());
        encoded.put("offset", record.offset());
        encoded.put("timestampMillis", record.timestampMillis());
        encoded.put("key", record.key());
        List<GenericRecord> headers = new ArrayList<>();
        for (ArchivedRecord.Header header : record.headers()) {
            GenericRecord entry = new GenericData.Record(SCHEMA.getField("headers").schema().getElementType());
            entry.put("name", header.name());
            entry.put("value", ByteBuffer.wrap(header.value()));
            headers.add(entry);
        }
        encoded.put("headers", headers);
        Schema writer = record.event().writer();
        if (!numbers.containsKey(writer)) {
            String definition = writer.toString();
            if (!definitions.containsKey(definition)) {
                definitions.put(definition, definitions.size());
                encoded.put("definition", definition);
            }
            numbers.put(writer, definitions.get(definition));
        }
        encoded.put("schema", numbers.get(writer));
        encoded.put("value", ByteBuffer.wrap(record.event().payload()));
        return encoded;
    }

    /** @throws IllegalArgumentException if the record names a schema that no record before it defined */
    ArchivedRecord decode(GenericRecord encoded) {
        int number = (Integer) encoded.get("schema");
        if (encoded.get("definition") != null) {
            known.put(number, new Schema.Parser().parse(encoded.get("definition").toString()));
        }
        if (!known.containsKey(number)) {
            throw new IllegalArgumentException("schema " + number + " is not defined before offset "
                    + encoded.get("offset"));
        }
        List<ArchivedRecord.Header> headers = new ArrayList<>();
        for (Object header : (List<?>) encoded.get("headers")) {
            GenericRecord entry = (GenericRecord) header;
            headers.add(new ArchivedRecord.Header(entry.get("name").toString(), bytes(entry.get("value"))));
        }
        return new ArchivedRecord((Integer) encoded.get("partition"), (Long) encoded.get("offset"),
                (Long) encoded.get("timestampMillis"), encoded.get("key").toString(), headers,
                new RawEvent(known.get(number), bytes(encoded.get("value"))));
    }

    private static byte[] bytes(Object buffer) {
        ByteBuffer source = ((ByteBuffer) buffer).duplicate();
        byte[] bytes = new byte[source.remaining()];
        source.get(bytes);
        return bytes;
    }
}
