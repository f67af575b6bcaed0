package org.fedbiot.worker;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.RecordDeserializationException.DeserializationExceptionOrigin;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.fedbiot.schemas.client.UnusableRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes events of records that were taken as bytes. Done by the consumer, it would stand in the way of everything else
 * while the registry does not answer.
 */
final class RawEvents {

    private static final Logger LOGGER = LoggerFactory.getLogger(RawEvents.class);
    private static final long REGISTRY_RETRY_MILLIS = 1_000;
    private static final ConfigDef DESERIALIZER = new ConfigDef().define(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
            ConfigDef.Type.CLASS, ConfigDef.Importance.HIGH, "of events");

    private final String name;
    private final UnusableRecords unusable;
    private final Deserializer<SpecificRecord> deserializer;

    /**
     * @param name of the process, for messages
     * @param properties of a consumer of events
     * @param unusable told of what is none of our events
     */
    @SuppressWarnings("unchecked") // the configuration names a deserializer of events
    RawEvents(String name, Properties properties, UnusableRecords unusable) {
        this.name = Objects.requireNonNull(name, "name");
        this.unusable = Objects.requireNonNull(unusable, "unusable");
        AbstractConfig config = new AbstractConfig(DESERIALIZER, properties, false);
        this.deserializer =
                config.getConfiguredInstance(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, Deserializer.class);
        deserializer.configure(config.originals(), false);
    }

    /**
     * The record with its event; a registry that does not answer is waited for.
     *
     * @return empty if it is none of our events
     * @throws InterruptedException if the worker is closed meanwhile
     */
    Optional<ConsumerRecord<String, SpecificRecord>> decode(ConsumerRecord<String, byte[]> raw)
            throws InterruptedException {
        if (raw.value() == null) {
            unusable.passOver(UnusableRecord.withoutValue(raw));
            return Optional.empty();
        }
        while (true) {
            try {
                return Optional.of(withValue(raw, deserializer.deserialize(raw.topic(), raw.value())));
            } catch (SerializationException e) {
                Optional<UnusableRecord> record = UnusableRecord.of(located(raw, e));
                if (record.isPresent()) {
                    unusable.passOver(record.get());
                    return Optional.empty();
                }
                LOGGER.warn("{}: the schema registry does not answer, will retry: {}", name, e.getMessage());
                TimeUnit.MILLISECONDS.sleep(REGISTRY_RETRY_MILLIS);
            }
        }
    }

    private static ConsumerRecord<String, SpecificRecord> withValue(ConsumerRecord<String, byte[]> raw,
            SpecificRecord event) {
        return new ConsumerRecord<>(raw.topic(), raw.partition(), raw.offset(), raw.timestamp(), raw.timestampType(),
                raw.serializedKeySize(), raw.serializedValueSize(), raw.key(), event, raw.headers(),
                raw.leaderEpoch(), raw.deliveryCount());
    }

    private static RecordDeserializationException located(ConsumerRecord<String, byte[]> raw,
            SerializationException cause) {
        ByteBuffer key = raw.key() == null ? null : ByteBuffer.wrap(raw.key().getBytes(StandardCharsets.UTF_8));
        return new RecordDeserializationException(DeserializationExceptionOrigin.VALUE,
                new TopicPartition(raw.topic(), raw.partition()), raw.offset(),
                raw.timestamp(), raw.timestampType(), key, ByteBuffer.wrap(raw.value()), raw.headers(),
                cause.getMessage(), cause);
    }
}
