package org.fedbiot.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.CloseReason;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.ServerMoment;
import org.fedbiot.schemas.event.ServerOptimiser;
import org.fedbiot.schemas.integrity.LittleEndian;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.integrity.ShardPlan;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.Test;

class InheritedMomentsTest {

    /** Three elements in shards of two. */
    private static final ShardPlan CUT = new ShardPlan(3, 8);

    private final RunLog log = new RunLog("fork");
    private final List<Finding> findings = new ArrayList<>();

    @Test
    void shouldGiveBothMomentsOfEveryShardInTheKernelsOrder() {
        add(1, 1, 31f);
        add(0, 0, 1f, 2f);
        add(0, 1, 11f, 12f);
        add(1, 0, 21f);

        List<Optional<float[]>> state = read(true).orElseThrow();

        assertThat(state).hasSize(2);
        assertThat(state.get(0).orElseThrow()).containsExactly(1f, 2f, 11f, 12f);
        assertThat(state.get(1).orElseThrow()).containsExactly(21f, 31f);
        assertThat(findings).isEmpty();
    }

    @Test
    void shouldGiveNoneWhereTheRoundStartsAnew() {
        assertThat(read(false)).contains(List.of(Optional.empty(), Optional.empty()));
        assertThat(findings).isEmpty();
    }

    @Test
    void shouldNameAMomentThatIsMissing() {
        add(0, 0, 1f, 2f);
        add(0, 1, 11f, 12f);
        add(1, 0, 21f);

        assertThat(read(true)).isEmpty();
        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(Finding.Kind.HOLE);
            assertThat(finding.round()).isEqualTo(1);
            assertThat(finding.text()).contains(Topics.SERVER_MOMENT.name(), "key fork/0/1/1");
        });
    }

    @Test
    void shouldNameAMomentWithOtherBytes() {
        add(0, 0, 1f);

        assertThat(read(true)).isEmpty();
        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(Finding.Kind.OTHER_BYTES);
            assertThat(finding.text()).contains("moment 0 of shard 0 has 4 bytes", "it must be 8");
        });
    }

    private void add(int shard, int moment, float... values) {
        var data = LittleEndian.bytes(values, 0, values.length);
        log.add(new Place(Topics.SERVER_MOMENT.name(), shard, moment), new ServerMoment("fork", 0, shard, CUT.shards(),
                moment, 2, Sha256.of(data), data));
    }

    private Optional<List<Optional<float[]>>> read(boolean inherits) {
        RoundClosed close = new RoundClosed("fork", 1, 0, "00".repeat(32), 1, CUT.elements(), CUT.shards(),
                AggregationSettings.newBuilder().setServerOptimiser(ServerOptimiser.FED_ADAM)
                        .setShardBytes(CUT.shardBytes()).build(), CloseReason.ALL_IN, List.of(), inherits);
        return new InheritedMoments(log, CUT, findings::add).read(Optional.of(close));
    }
}
