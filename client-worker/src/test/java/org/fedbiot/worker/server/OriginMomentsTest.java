package org.fedbiot.worker.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.ForkPoint;
import org.fedbiot.schemas.event.ServerMoment;
import org.fedbiot.schemas.event.ServerOptimiser;
import org.fedbiot.schemas.integrity.LittleEndian;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.wire.EventKeys;
import org.fedbiot.worker.version.InMemoryPayloadLog;
import org.fedbiot.worker.version.PayloadMissingException;
import org.junit.jupiter.api.Test;

class OriginMomentsTest {

    /** In shards of two: the second one is short. */
    private static final int ELEMENTS = 3;

    private final InMemoryPayloadLog log = new InMemoryPayloadLog();
    private final Map<String, ServerMoment> sent = new LinkedHashMap<>();
    private final OriginMoments moments = new OriginMoments((partition, key, moment) -> {
        assertThat(partition).isEqualTo(moment.getShard());
        sent.put(key, moment);
    }, log);

    @Test
    void shouldCopyWhatTheVersionHadAndNothingElse() throws InterruptedException {
        // Given both moments of both shards among those of another version and another run
        write("origin", 2, 1, 1, 40f);
        write("origin", 1, 0, 0, 9f, 9f);
        write("other", 2, 0, 0, 8f, 8f);
        write("origin", 2, 0, 0, 1f, 2f);
        write("origin", 2, 0, 1, 3f, 4f);
        write("origin", 2, 1, 0, 30f);

        // When
        copy(ServerOptimiser.FED_ADAM, ServerOptimiser.FED_ADAM);

        // Then under the fork's own id, as of its version 0
        assertThat(sent.keySet()).containsExactly("fork/0/0/0", "fork/0/0/1", "fork/0/1/0", "fork/0/1/1");
        assertThat(sent.values()).allSatisfy(moment -> {
            assertThat(moment.getRunId()).isEqualTo("fork");
            assertThat(moment.getVersion()).isZero();
        });
        assertThat(LittleEndian.floats(sent.get("fork/0/0/1").getData())).containsExactly(3f, 4f);
        assertThat(LittleEndian.floats(sent.get("fork/0/1/0").getData())).containsExactly(30f);
    }

    @Test
    void shouldStartAnotherServerOptimiserAnew() throws InterruptedException {
        copy(ServerOptimiser.NONE, ServerOptimiser.MOMENTUM);
        copy(ServerOptimiser.MOMENTUM, ServerOptimiser.FED_ADAM);

        assertThat(sent).isEmpty();
    }

    @Test
    void shouldSayWhatIsMissingAndHowToForkWithoutIt() {
        write("origin", 2, 0, 0, 1f, 2f);
        write("origin", 2, 0, 1, 3f, 4f);
        write("origin", 2, 1, 0, 30f);

        assertThatThrownBy(() -> copy(ServerOptimiser.FED_ADAM, ServerOptimiser.FED_ADAM))
                .isInstanceOf(PayloadMissingException.class)
                .hasMessageContaining("origin/2/1/1 is not there")
                .hasMessageContaining("--set aggregation.serverOptimiser");
    }

    @Test
    void shouldRefuseOtherBytesThanTheHashSays() {
        ByteBuffer data = LittleEndian.bytes(new float[] {1f, 2f}, 0, 2);
        send(new ServerMoment("origin", 2, 0, 2, 0, 1, Sha256.of(new byte[] {1}), data));

        assertThatThrownBy(() -> copy(ServerOptimiser.MOMENTUM, ServerOptimiser.MOMENTUM))
                .isInstanceOf(PayloadMissingException.class).hasMessageContaining("key origin/2/0/0")
                .hasMessageContaining(Sha256.of(data));
    }

    private void write(String run, int version, int shard, int moment, float... values) {
        ByteBuffer data = LittleEndian.bytes(values, 0, values.length);
        send(new ServerMoment(run, version, shard, 2, moment, 2, Sha256.of(data), data));
    }

    private void send(ServerMoment moment) {
        log.send(EventKeys.moment(moment.getRunId(), moment.getVersion(), moment.getShard(), moment.getMoment()),
                moment);
    }

    private void copy(ServerOptimiser origins, ServerOptimiser own) throws InterruptedException {
        ForkPoint fork = ForkPoint.newBuilder().setRound(3).setBaseSha256("").setAdapterVersion(2).setAdapterSha256("")
                .setEmulatorVersion(2).setEmulatorSha256("").setServerOptimiser(origins)
                .setRoundOffset(2).setEmulatorOffset(2).build();
        moments.copy("origin", fork, "fork",
                AggregationSettings.newBuilder().setServerOptimiser(own).setShardBytes(8).build(), ELEMENTS);
    }
}
