package org.fedbiot.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.fedbiot.schemas.SampleEvents;
import org.fedbiot.schemas.event.DeadLetter;
import org.fedbiot.schemas.event.RunCancelRequested;
import org.fedbiot.schemas.event.TensorChunk;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EventWireTest {

    private static final String COMMAND = Topics.COMMAND.name();
    private static final int MUTATIONS = 200;

    private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
    private final EventSerializer serializer = new EventSerializer(registry);
    private final EventDeserializer deserializer = new EventDeserializer(registry);

    @ParameterizedTest
    @MethodSource("org.fedbiot.schemas.SampleEvents#types")
    void shouldWriteTheBytesThatAvroWritesAfterAZeroAndTheId(Schema type) {
        byte[] avro = SampleEvents.binary(type, 3);

        byte[] bytes = serializer.serialize(topicOf(type), SampleEvents.of(type, 3));

        int id = registry.lookUp(SubjectNames.of(topicOf(type), type), type);
        assertThat(bytes).startsWith(0, 0, 0, 0, id);
        assertThat(Arrays.copyOfRange(bytes, 5, bytes.length)).isEqualTo(avro);
    }

    @ParameterizedTest
    @MethodSource("org.fedbiot.schemas.SampleEvents#types")
    void shouldReadBackWhatWasWritten(Schema type) {
        for (long seed = 0; seed < 10; seed++) {
            SpecificRecord event = SampleEvents.of(type, seed);

            assertThat(deserializer.deserialize(topicOf(type), serializer.serialize(topicOf(type), event)))
                    .isEqualTo(event);
        }
    }

    @ParameterizedTest
    @MethodSource("org.fedbiot.schemas.SampleEvents#types")
    void shouldCallDamagedBytesASerializationErrorAndNothingElse(Schema type) {
        byte[] good = serializer.serialize(topicOf(type), SampleEvents.of(type, 5));
        Random random = new Random(17);

        for (int i = 0; i < MUTATIONS; i++) {
            byte[] bad = Arrays.copyOf(good, 5 + random.nextInt(good.length));
            for (int damage = 0; damage < 3 && bad.length > 5; damage++) {
                bad[5 + random.nextInt(bad.length - 5)] = (byte) random.nextInt();
            }
            try {
                deserializer.deserialize(topicOf(type), bad);
            } catch (SerializationException e) {
                assertThat(e).hasMessageContaining(topicOf(type));
            }
        }
    }

    @Test
    void shouldPassOverATombstone() {
        assertThat(serializer.serialize(COMMAND, null)).isNull();
        assertThat(deserializer.deserialize(COMMAND, null)).isNull();
    }

    @Test
    void shouldRefuseToWriteWhatTheTopicDoesNotCarry() {
        SpecificRecord letter = SampleEvents.of(DeadLetter.SCHEMA$, 1);

        assertThatThrownBy(() -> serializer.serialize(COMMAND, letter)).isInstanceOf(SerializationException.class)
                .hasMessageContaining(COMMAND).hasMessageContaining("DeadLetter");
        assertThatThrownBy(() -> serializer.serialize("fedbiot.run.comand.v1", letter))
                .isInstanceOf(SerializationException.class).hasMessageContaining("fedbiot.run.comand.v1");
        assertThat(registry.subjects()).isEmpty();
    }

    @Test
    void shouldNameSubjectsByTopicOrByTopicAndRecord() {
        assertThat(SubjectNames.of(Topics.EMULATOR_CHUNK.name(), TensorChunk.SCHEMA$))
                .isEqualTo("fedbiot.emulator.chunk.v1-value");
        assertThat(SubjectNames.of(COMMAND, RunCancelRequested.SCHEMA$))
                .isEqualTo("fedbiot.run.command.v1-org.fedbiot.schemas.event.RunCancelRequested");
        assertThat(SubjectNames.of("app-store-changelog", TensorChunk.SCHEMA$))
                .isEqualTo("app-store-changelog-org.fedbiot.schemas.event.TensorChunk");
    }

    @Test
    void shouldSayThatAFieldIsNotSet() {
        assertThatThrownBy(() -> serializer.serialize(COMMAND, new RunCancelRequested()))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining(COMMAND).hasMessageContaining("RunCancelRequested");
    }

    @Test
    void shouldRefuseAnotherWireFormat() {
        assertBad(new byte[] {1, 0, 0, 0, 1, 0}, "zero byte");
        assertBad(new byte[] {0, 0, 0}, "3 bytes");
        assertBad(new byte[0], "0 bytes");
    }

    @Test
    void shouldRefuseBytesAfterTheEvent() {
        byte[] good = serializer.serialize(COMMAND, cancel());

        assertBad(Arrays.copyOf(good, good.length + 2), "2 bytes follow");
    }

    @Test
    void shouldRefuseAnEventThatTheTopicDoesNotCarry() {
        byte[] letter = serializer.serialize(Topics.SERVER_DEAD_LETTER.name(), SampleEvents.of(DeadLetter.SCHEMA$, 1));

        assertBad(letter, "DeadLetter");
    }

    @Test
    void shouldRefuseARecordTypeThatIsNotOurs() {
        Schema foreign = SchemaBuilder.record("java.lang.Thread").fields().endRecord();
        int id = registry.register("any", foreign);

        assertBad(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array(), "java.lang.Thread");
    }

    @Test
    void shouldSayThatTheRegistryHasNoSuchId() {
        assertThatThrownBy(() -> deserializer.deserialize(COMMAND, new byte[] {0, 0, 0, 3, 9}))
                .isInstanceOf(RegistryException.class).hasMessageContaining("777");
    }

    @Test
    void shouldReadAnotherVersionOfTheSchema() {
        // Given an event by a writer with another order of fields and one that is gone since
        Schema older = SchemaBuilder.record(RunCancelRequested.SCHEMA$.getFullName()).fields()
                .requiredString("reason").requiredString("runId").requiredInt("dropped").endRecord();
        int id = registry.register("any", older);
        byte[] bytes = {0, 0, 0, 0, (byte) id, 2, 'b', 4, 'r', '1', 10};

        // When it is read by the class of today
        SpecificRecord read = deserializer.deserialize(COMMAND, bytes);

        assertThat(read).isEqualTo(RunCancelRequested.newBuilder().setRunId("r1").setReason("b").build());
    }

    @Test
    void shouldShareTheInMemoryRegistryByName() {
        EventSerde one = new EventSerde();
        EventSerde other = new EventSerde();
        one.configure(Map.of("schema.registry.url", "mock://EventWireTest"), false);
        other.configure(Map.of("schema.registry.url", "mock://EventWireTest"), false);

        byte[] bytes = one.serializer().serialize(COMMAND, cancel());

        assertThat(other.deserializer().deserialize(COMMAND, bytes)).isEqualTo(cancel());
    }

    @Test
    void shouldNotRegisterWhereThatIsSwitchedOff() {
        EventSerializer strict = new EventSerializer();
        strict.configure(Map.of("schema.registry.url", "mock://strict", "auto.register.schemas", "false"), false);

        assertThatThrownBy(() -> strict.serialize(COMMAND, cancel())).isInstanceOf(RegistryException.class)
                .hasMessageContaining("RunCancelRequested");
    }

    private void assertBad(byte[] bytes, String what) {
        assertThatThrownBy(() -> deserializer.deserialize(COMMAND, bytes)).isInstanceOf(SerializationException.class)
                .hasMessageContaining(COMMAND).hasMessageContaining(what);
    }

    private static RunCancelRequested cancel() {
        return RunCancelRequested.newBuilder().setRunId("r1").setReason("enough").build();
    }

    private static String topicOf(Schema type) {
        return Topics.ALL.stream().filter(topic -> topic.events().contains(type)).map(Topic::name).findFirst()
                .orElseThrow();
    }
}
