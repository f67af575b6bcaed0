package org.fedbiot.schemas;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.RandomData;
import org.fedbiot.schemas.topic.Topics;

/** Events with every field filled, by Avro's own random data and codec. */
public final class SampleEvents {

    private SampleEvents() {
    }

    /** Every record type that a topic carries. */
    public static Stream<Schema> types() {
        return Topics.ALL.stream().flatMap(topic -> topic.events().stream()).distinct();
    }

    public static SpecificRecord of(Schema type, long seed) {
        try {
            return new SpecificDatumReader<SpecificRecord>(type, type, SpecificData.getForSchema(type))
                    .read(null, DecoderFactory.get().binaryDecoder(binary(type, seed), null));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What Avro itself writes for the same event. */
    public static byte[] binary(Schema type, long seed) {
        Object value = iterate(new RandomData(type, 1, seed)).get(0);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        try {
            new GenericDatumWriter<>(type).write(value, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static List<Object> iterate(RandomData data) {
        List<Object> values = new ArrayList<>();
        data.forEach(values::add);
        return values;
    }
}
