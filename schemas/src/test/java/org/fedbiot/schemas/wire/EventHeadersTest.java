package org.fedbiot.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.SampleEvents;
import org.fedbiot.schemas.event.AdapterShard;
import org.fedbiot.schemas.event.ClientLeaving;
import org.fedbiot.schemas.event.RunSubmitted;
import org.fedbiot.schemas.event.TensorChunk;
import org.junit.jupiter.api.Test;

class EventHeadersTest {

    @Test
    void shouldTellRunHashAndShard() {
        AdapterShard shard = AdapterShard.newBuilder().setRunId("r1").setVersion(2).setRound(2).setShard(3)
                .setShards(7).setStart(0).setElements(1).setSha256("aa").setData(ByteBuffer.allocate(4)).build();

        assertThat(headers(shard)).isEqualTo(
                Map.of("event", "AdapterShard", "run", "r1", "sha256", "aa", "shard", "3/7"));
    }

    @Test
    void shouldLeaveOutWhatDoesNotApply() {
        TensorChunk chunk = TensorChunk.newBuilder().setRunId("r1").setSha256("bb").setData(ByteBuffer.allocate(0))
                .build();
        ClientLeaving leaving = ClientLeaving.newBuilder().setClientId("c1").setReason("done").build();

        assertThat(headers(chunk)).isEqualTo(Map.of("event", "TensorChunk", "run", "r1", "sha256", "bb"));
        assertThat(headers(leaving)).isEqualTo(Map.of("event", "ClientLeaving"));
    }

    @Test
    void shouldFindTheRunInItsSpecification() {
        RunSubmitted submitted = (RunSubmitted) SampleEvents.of(RunSubmitted.SCHEMA$, 1);

        assertThat(headers(submitted)).containsEntry("run", submitted.getSpec().getRunId());
    }

    private static Map<String, String> headers(SpecificRecord event) {
        Map<String, String> headers = new TreeMap<>();
        EventHeaders.of(event).forEach(header ->
                headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        return headers;
    }
}
