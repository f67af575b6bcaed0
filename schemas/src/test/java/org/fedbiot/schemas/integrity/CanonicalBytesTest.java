package org.fedbiot.schemas.integrity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.SampleEvents;
import org.fedbiot.schemas.event.ClientEvaluated;
import org.fedbiot.schemas.event.ClientFailed;
import org.fedbiot.schemas.event.ClientJoined;
import org.fedbiot.schemas.event.ClientLeaving;
import org.fedbiot.schemas.event.ClientProgressed;
import org.fedbiot.schemas.event.ClientReported;
import org.fedbiot.schemas.event.UpdateCodec;
import org.fedbiot.schemas.event.UpdateManifest;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.topic.Role;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CanonicalBytesTest {

    /** Not signed: the signature itself, and payload bytes, which count by their hash. */
    private static final Set<String> UNSIGNED = Set.of("signature", "data");

    private static final Map<Schema, Function<SpecificRecord, byte[]>> SIGNED = Map.of(
            UpdateManifest.SCHEMA$, event -> CanonicalBytes.of((UpdateManifest) event),
            UpdateShard.SCHEMA$, event -> CanonicalBytes.of((UpdateShard) event),
            ClientJoined.SCHEMA$, event -> CanonicalBytes.of((ClientJoined) event),
            ClientProgressed.SCHEMA$, event -> CanonicalBytes.of((ClientProgressed) event),
            ClientReported.SCHEMA$, event -> CanonicalBytes.of((ClientReported) event),
            ClientFailed.SCHEMA$, event -> CanonicalBytes.of((ClientFailed) event),
            ClientEvaluated.SCHEMA$, event -> CanonicalBytes.of((ClientEvaluated) event),
            ClientLeaving.SCHEMA$, event -> CanonicalBytes.of((ClientLeaving) event));

    static Stream<Schema> signed() {
        return Topics.ALL.stream()
                .filter(topic -> topic.writers().contains(Role.CLIENT))
                .flatMap(topic -> topic.events().stream())
                .distinct();
    }

    @ParameterizedTest
    @MethodSource("signed")
    void shouldCoverEveryFieldOfEveryEventThatAClientWrites(Schema type) {
        Function<SpecificRecord, byte[]> canonical = SIGNED.get(type);
        byte[] original = canonical.apply(SampleEvents.of(type, 1));

        for (Schema.Field field : type.getFields()) {
            // When one field has another value
            SpecificRecord changed = SampleEvents.of(type, 1);
            changed.put(field.pos(), another(changed.get(field.pos())));

            if (UNSIGNED.contains(field.name())) {
                assertThat(canonical.apply(changed)).as(field.name()).isEqualTo(original);
            } else {
                assertThat(canonical.apply(changed)).as(field.name()).isNotEqualTo(original);
            }
        }
    }

    @Test
    void shouldBeLengthPrefixedFieldsAfterTheDomain() {
        ClientLeaving event = ClientLeaving.newBuilder()
                .setClientId("c1").setReason("done").setKeyId("k").build();

        String domain = "fedbiot/v1/ClientLeaving";
        ByteBuffer expected = ByteBuffer.allocate(4 + domain.length() + 4 + 2 + 4 + 4 + 4 + 1);
        for (String field : List.of(domain, "c1", "done", "k")) {
            expected.putInt(field.length()).put(field.getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(CanonicalBytes.of(event)).isEqualTo(expected.array());
    }

    @Test
    void shouldBeWhatReleasesWithoutCodecsSigned() {
        // Given every field but a codec, as they were before
        UpdateShard shard = UpdateShard.newBuilder().setRunId("r").setRound(1).setClientId("c").setAdapterVersion(2)
                .setAdapterSha256("aa").setEmulatorVersion(3).setEmulatorSha256("ee").setShard(4).setShards(5)
                .setStart(6).setElements(7).setSha256("ss").setData(ByteBuffer.allocate(0)).setKeyId("k")
                .setSignature(ByteBuffer.allocate(0)).build();
        ByteBuffer before = ByteBuffer.allocate(200);
        for (Object field : List.of("fedbiot/v1/UpdateShard", "r", 1, "c", 2, "aa", 3, "ee", 4, 5, 6, 7, "ss", "k")) {
            if (field instanceof Integer number) {
                before.putInt(Integer.BYTES).putInt(number);
            } else {
                byte[] text = ((String) field).getBytes(StandardCharsets.US_ASCII);
                before.putInt(text.length).put(text);
            }
        }

        byte[] canonical = CanonicalBytes.of(shard);

        assertThat(ByteBuffer.wrap(canonical)).isEqualTo(before.flip());
        assertThat(CanonicalBytes.of(UpdateShard.newBuilder(shard).setCodec(UpdateCodec.INT8).build()))
                .isNotEqualTo(canonical);
    }

    @Test
    void shouldTellFieldsApartThatTogetherReadTheSame() {
        ClientLeaving one = ClientLeaving.newBuilder().setClientId("ab").setReason("c").build();
        ClientLeaving other = ClientLeaving.newBuilder().setClientId("a").setReason("bc").build();

        assertThat(CanonicalBytes.of(one)).isNotEqualTo(CanonicalBytes.of(other));
    }

    private static Object another(Object value) {
        if (value instanceof String text) {
            return text + "x";
        }
        if (value instanceof Integer number) {
            return number + 1;
        }
        if (value instanceof Long number) {
            return number + 1;
        }
        if (value instanceof Double number) {
            return -number;
        }
        if (value instanceof ByteBuffer) {
            return ByteBuffer.wrap(new byte[] {42});
        }
        if (value instanceof List<?> list) {
            List<Object> longer = new ArrayList<>(list);
            longer.add("x");
            return longer;
        }
        if (value instanceof UpdateCodec codec) {
            return UpdateCodec.values()[(codec.ordinal() + 1) % UpdateCodec.values().length];
        }
        throw new IllegalStateException("no other value for " + SpecificData.get().toString(value));
    }
}
