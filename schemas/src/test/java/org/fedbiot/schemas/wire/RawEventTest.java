package org.fedbiot.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.common.errors.SerializationException;
import org.fedbiot.schemas.event.RunCancelRequested;
import org.fedbiot.schemas.event.RunDeleteRequested;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.Test;

class RawEventTest {

    private static final String TOPIC = Topics.COMMAND.name();

    private final InMemorySchemaRegistry here = new InMemorySchemaRegistry();
    private final InMemorySchemaRegistry there = new InMemorySchemaRegistry();

    @Test
    void shouldMoveAnEventToARegistryThatGivesItsSchemaAnotherId() {
        // Given
        there.register("other", RunDeleteRequested.SCHEMA$);
        RunCancelRequested event = new RunCancelRequested("run", "enough");
        byte[] value = new EventSerializer(here).serialize(TOPIC, event);

        // When
        byte[] moved = RawEvent.of(here, TOPIC, value).value(there, TOPIC);

        // Then
        assertThat(moved).isNotEqualTo(value);
        assertThat(new EventDeserializer(there).deserialize(TOPIC, moved)).isEqualTo(event);
        assertThat(RawEvent.of(there, TOPIC, moved).payload()).isEqualTo(RawEvent.of(here, TOPIC, value).payload());
        assertThat(RawEvent.of(there, TOPIC, moved).decode(TOPIC)).isEqualTo(event);
    }

    @Test
    void shouldRefuseWhatIsNoEvent() {
        assertThatThrownBy(() -> RawEvent.of(here, TOPIC, null)).isInstanceOf(SerializationException.class);
        assertThatThrownBy(() -> RawEvent.of(here, TOPIC, new byte[] {1, 0, 0, 0, 1, 5}))
                .isInstanceOf(SerializationException.class).hasMessageContaining(TOPIC);
    }

    @Test
    void shouldNotPutAnEventIntoATopicThatDoesNotCarryIt() {
        byte[] value = new EventSerializer(here).serialize(TOPIC, new RunCancelRequested("run", "enough"));

        assertThatThrownBy(() -> RawEvent.of(here, TOPIC, value).value(there, Topics.TASK_RESULT.name()))
                .isInstanceOf(SerializationException.class).hasMessageContaining("does not carry");
    }
}
