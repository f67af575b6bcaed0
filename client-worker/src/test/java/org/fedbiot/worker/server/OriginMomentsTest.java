package org.fedbiot.worker.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
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
    private final OriginMoments moments = new OriginMoments(log);

    @Test
    void shouldGiveWhatTheVersionHadAndNothingElse() throws InterruptedException {
        // Given both moments of both shards among those of another version and another run
        write("origin", 2, 1, 1, 40f);
        write("origin", 1, 0, 0, 9f, 9f);
        write("other", 2, 0, 0, 8f, 8f);
        write("origin", 2, 0, 0, 1f, 2f);
        write("origin", 2, 0, 1, 3f, 4f);
        write("origin", 2, 1, 0, 30f);

        // When
        List<ServerMoment> read = read(ServerOptimiser.FED_ADAM, ServerOptimiser.FED_ADAM);

        // Then under the fork's own id, as of its version 0
        assertThat(read).extracting(moment -> EventKeys.moment(moment.getRunId(), moment.getVersion(),
                moment.getShard(), moment.getMoment()))
                .containsExactly("fork/0/0/0", "fork/0/0/1", "fork/0/1/0", "fork/0/1/1");
        assertThat(LittleEndian.floats(read.get(1).getData())).containsExactly(3f, 4f);
        assertThat(LittleEndian.floats(read.get(2).getData())).containsExactly(30f);
    }

    @Test
    void shouldTakeTheFirstThatFitsAsTheAggregatorDoes() throws InterruptedException {
        // Given under the key of one moment a shorter, a garbled and a misplaced record before it, and another after
        send(0, new ServerMoment("origin", 2, 0, 2, 0, 1, Sha256.of(bytes(7f)), bytes(7f)));
        send(0, new ServerMoment("origin", 2, 0, 2, 0, 1, Sha256.of(new byte[] {1}), bytes(7f, 7f)));
        send(1, new ServerMoment("origin", 2, 0, 2, 0, 1, Sha256.of(bytes(8f, 8f)), bytes(8f, 8f)));
        send(0, new ServerMoment("origin", 2, 0, 2, 0, 1, Sha256.of(bytes(1f, 2f)), bytes(1f, 2f)));
        write("origin", 2, 0, 0, 9f, 9f);
        // And one of a shard that the adapter has not
        write("origin", 2, 2, 0, 5f);
        write("origin", 2, 1, 0, 30f);

        // When
        List<ServerMoment> read = read(ServerOptimiser.MOMENTUM, ServerOptimiser.MOMENTUM);

        // Then
        assertThat(read).hasSize(2);
        assertThat(LittleEndian.floats(read.get(0).getData())).containsExactly(1f, 2f);
    }

    @Test
    void shouldStartAnotherServerOptimiserAnew() throws InterruptedException {
        write("origin", 2, 0, 0, 1f, 2f);
        write("origin", 2, 1, 0, 30f);

        assertThat(read(ServerOptimiser.NONE, ServerOptimiser.MOMENTUM)).isEmpty();
        assertThat(read(ServerOptimiser.MOMENTUM, ServerOptimiser.FED_ADAM)).isEmpty();
    }

    @Test
    void shouldSayWhatIsMissingAndHowToForkWithoutIt() {
        write("origin", 2, 0, 0, 1f, 2f);
        write("origin", 2, 0, 1, 3f, 4f);
        write("origin", 2, 1, 0, 30f);

        assertThatThrownBy(() -> read(ServerOptimiser.FED_ADAM, ServerOptimiser.FED_ADAM))
                .isInstanceOf(PayloadMissingException.class)
                .hasMessageContaining("run origin, adapter version 2: moment 1 of shard 1")
                .hasMessageContaining("no record origin/2/1/1")
                .hasMessageContaining("--set aggregation.serverOptimiser");
    }

    @Test
    void shouldRefuseOtherBytesThanTheHashSays() {
        ByteBuffer data = bytes(1f, 2f);
        send(0, new ServerMoment("origin", 2, 0, 2, 0, 1, Sha256.of(new byte[] {1}), data));

        assertThatThrownBy(() -> read(ServerOptimiser.MOMENTUM, ServerOptimiser.MOMENTUM))
                .isInstanceOf(PayloadMissingException.class)
                .hasMessageContaining("run origin, adapter version 2: moment 0 of shard 0")
                .hasMessageContaining("partition 0, offset 0").hasMessageContaining(Sha256.of(data))
                .hasMessageContaining("--set aggregation.serverOptimiser");
    }

    private void write(String run, int version, int shard, int moment, float... values) {
        send(shard, new ServerMoment(run, version, shard, 2, moment, 2, Sha256.of(bytes(values)), bytes(values)));
    }

    private static ByteBuffer bytes(float... values) {
        return LittleEndian.bytes(values, 0, values.length);
    }

    private void send(int partition, ServerMoment moment) {
        log.send(partition, EventKeys.moment(moment.getRunId(), moment.getVersion(), moment.getShard(),
                moment.getMoment()), moment);
    }

    private List<ServerMoment> read(ServerOptimiser origins, ServerOptimiser own) throws InterruptedException {
        ForkPoint fork = ForkPoint.newBuilder().setRound(3).setBaseSha256("").setAdapterVersion(2).setAdapterSha256("")
                .setEmulatorVersion(2).setEmulatorSha256("").setServerOptimiser(origins)
                .setRoundOffset(2).setEmulatorOffset(2).build();
        return moments.read("origin", fork, "fork",
                AggregationSettings.newBuilder().setServerOptimiser(own).setShardBytes(8).build(), ELEMENTS);
    }
}
