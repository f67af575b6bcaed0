package org.fedbiot.schemas.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.RecordDeserializationException.DeserializationExceptionOrigin;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.fedbiot.schemas.event.DeadLetter;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.wire.InMemorySchemaRegistry;
import org.fedbiot.schemas.wire.RegistryException;
import org.fedbiot.schemas.wire.RestSchemaRegistry;
import org.junit.jupiter.api.Test;

class UnusableRecordTest {

    private static final byte[] VALUE = {1, 2, 3, 4};

    @Test
    void shouldSayWhereBadBytesLie() {
        DeadLetter letter = UnusableRecord.of(failed(new SerializationException("bad bytes"))).orElseThrow()
                .deadLetter("worker");

        assertThat(letter).isEqualTo(new DeadLetter("worker", "bad bytes", "topic", 2, 17L, "key",
                Sha256.of(ByteBuffer.wrap(VALUE)), 4));
    }

    @Test
    void shouldBlameTheRecordForASchemaThatNoRegistryKnows() {
        RegistryException unknown = catchThrowableOfType(RegistryException.class,
                () -> InMemorySchemaRegistry.named("unusable").byId(9));

        assertThat(UnusableRecord.of(failed(unknown))).isPresent();
    }

    @Test
    void shouldNotBlameTheRecordForARegistryThatDoesNotAnswer() {
        RegistryException outage = catchThrowableOfType(RegistryException.class,
                () -> RestSchemaRegistry.of(Map.of("schema.registry.url", "http://localhost:1")).byId(9));

        assertThat(UnusableRecord.of(failed(outage))).isEmpty();
    }

    private static RecordDeserializationException failed(RuntimeException cause) {
        return new RecordDeserializationException(DeserializationExceptionOrigin.VALUE, new TopicPartition("topic", 2),
                17, 0, TimestampType.CREATE_TIME, ByteBuffer.wrap("key".getBytes(StandardCharsets.UTF_8)),
                ByteBuffer.wrap(VALUE), new RecordHeaders(), "message", cause);
    }
}
