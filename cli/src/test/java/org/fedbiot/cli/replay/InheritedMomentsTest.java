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

    private static final String TOPIC = Topics.SERVER_MOMENT.name();

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

    @Test
    void shouldPassOverWhatDoesNotFitAsTheAggregatorDoes() {
        // Given before each of the right ones a shorter, a garbled and a misplaced record under its key, and others after
        add(0, 0, 7f);
        add(0, 0, new Place(TOPIC, 0, 1), Sha256.of(new byte[] {1}), 7f, 7f);
        add(0, 0, new Place(TOPIC, 1, 0), sha256(8f, 8f), 8f, 8f);
        add(0, 0, 1f, 2f);
        add(0, 0, 9f, 9f);
        add(0, 1, 11f, 12f);
        add(1, 0, 21f);
        add(1, 1, 31f, 32f);
        add(1, 1, 31f);
        add(1, 1, 91f);

        List<Optional<float[]>> state = read(true).orElseThrow();

        assertThat(state.get(0).orElseThrow()).containsExactly(1f, 2f, 11f, 12f);
        assertThat(state.get(1).orElseThrow()).containsExactly(21f, 31f);
        assertThat(findings).isEmpty();
    }

    private void add(int shard, int moment, float... values) {
        add(shard, moment, new Place(TOPIC, shard, moment), sha256(values), values);
    }

    private static String sha256(float... values) {
        return Sha256.of(LittleEndian.bytes(values, 0, values.length));
    }

    private void add(int shard, int moment, Place place, String sha256, float... values) {
        log.add(place, new ServerMoment("fork", 0, shard, CUT.shards(), moment, 2, sha256,
                LittleEndian.bytes(values, 0, values.length)));
    }

    private Optional<List<Optional<float[]>>> read(boolean inherits) {
        RoundClosed close = new RoundClosed("fork", 1, 0, "00".repeat(32), 1, CUT.elements(), CUT.shards(),
                AggregationSettings.newBuilder().setServerOptimiser(ServerOptimiser.FED_ADAM)
                        .setShardBytes(CUT.shardBytes()).build(), CloseReason.ALL_IN, List.of(), inherits);
        return new InheritedMoments(log, CUT, findings::add).read(Optional.of(close));
    }
}
