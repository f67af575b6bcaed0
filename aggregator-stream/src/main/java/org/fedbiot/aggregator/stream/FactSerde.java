package org.fedbiot.aggregator.stream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.fedbiot.aggregator.fact.AdapterShardSeen;
import org.fedbiot.aggregator.fact.ManifestScreened;
import org.fedbiot.aggregator.fact.RunOver;
import org.fedbiot.aggregator.fact.ShardScreened;
import org.fedbiot.aggregator.fact.UpdateProgress;
import org.fedbiot.aggregator.fact.VersionObjection;
import org.fedbiot.aggregator.fact.VersionProgress;
import org.fedbiot.aggregator.fact.Waiting;

/**
 * The aggregator's own records, on its internal topics and in its stores, where no registry is needed: Avro's single
 * object encoding, whose schema fingerprint says which record and version it is.
 */
final class FactSerde implements Serde<SpecificRecord> {

    private static final int FINGERPRINT_AT = 2;

    /** Schemas of older versions are added here when one changes, so that a rolling upgrade reads what it finds. */
    private static final List<Schema> SCHEMAS = List.of(ManifestScreened.SCHEMA$, ShardScreened.SCHEMA$,
                    AdapterShardSeen.SCHEMA$, RunOver.SCHEMA$, UpdateProgress.SCHEMA$, VersionProgress.SCHEMA$,
                    VersionObjection.SCHEMA$, Waiting.SCHEMA$);

    /** Made once: each of them works out its schema's fingerprint. They may be used by several threads. */
    private static final Map<Schema, BinaryMessageEncoder<SpecificRecord>> ENCODERS = SCHEMAS.stream()
            .collect(Collectors.toUnmodifiableMap(Function.identity(),
                    schema -> new BinaryMessageEncoder<>(SpecificData.getForSchema(schema), schema)));
    private static final Map<Long, BinaryMessageDecoder<SpecificRecord>> DECODERS = SCHEMAS.stream()
            .collect(Collectors.toUnmodifiableMap(SchemaNormalization::parsingFingerprint64,
                    schema -> new BinaryMessageDecoder<>(SpecificData.getForSchema(schema), schema)));

    static byte[] write(SpecificRecord fact) {
        try {
            ByteBuffer bytes = ENCODERS.get(fact.getSchema()).encode(fact);
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + fact.getSchema().getName(), e);
        }
    }

    static SpecificRecord read(byte[] bytes) {
        long fingerprint = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(FINGERPRINT_AT);
        BinaryMessageDecoder<SpecificRecord> decoder = DECODERS.get(fingerprint);
        if (decoder == null) {
            throw new SerializationException("internal record has schema fingerprint " + Long.toHexString(fingerprint)
                    + ", which this version does not know: it was written by another version of the aggregator");
        }
        try {
            return decoder.decode(bytes);
        } catch (IOException e) {
            throw new SerializationException("cannot read internal record of schema fingerprint "
                    + Long.toHexString(fingerprint), e);
        }
    }

    @Override
    public Serializer<SpecificRecord> serializer() {
        return (topic, fact) -> fact == null ? null : write(fact);
    }

    @Override
    public Deserializer<SpecificRecord> deserializer() {
        return (topic, bytes) -> bytes == null ? null : read(bytes);
    }
}
