package org.fedbiot.schemas.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShardPlanTest {

    @ParameterizedTest
    @CsvSource({"0, 8, 1", "1, 8, 1", "2, 8, 1", "3, 8, 2", "131072, 524288, 1", "131073, 524288, 2",
        "2147483647, 524288, 16384"})
    void shouldHaveAsManyShardsAsNeededAndAtLeastOne(int elements, int shardBytes, int shards) {
        assertThat(new ShardPlan(elements, shardBytes).shards()).isEqualTo(shards);
    }

    @Test
    void shouldCoverTheVectorWithoutGapOrOverlap() {
        float[] vector = {1, 2, 3, 4, 5, 6, 7};
        ShardPlan plan = new ShardPlan(vector.length, 12);

        List<ByteBuffer> shards = plan.cut(vector);

        assertThat(shards).hasSize(3);
        assertThat(LittleEndian.floats(shards.get(0))).containsExactly(1, 2, 3);
        assertThat(LittleEndian.floats(shards.get(1))).containsExactly(4, 5, 6);
        assertThat(LittleEndian.floats(shards.get(2))).containsExactly(7);
        assertThat(plan.start(2)).isEqualTo(6);
        assertThat(plan.end(2)).isEqualTo(7);
    }

    @Test
    void shouldNotOverflowAtTheLargestVector() {
        ShardPlan plan = new ShardPlan(Integer.MAX_VALUE, Topics.MAX_CHUNK_BYTES);

        assertThat(plan.end(plan.shards() - 1)).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void shouldSpreadShardsOverThePartitionsInTurn() {
        ShardPlan plan = new ShardPlan(100, 8);

        assertThat(plan.partition(0)).isZero();
        assertThat(plan.partition(Topics.SHARD_PARTITIONS + 1)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -4, 6, Topics.MAX_CHUNK_BYTES + 4})
    void shouldRefuseAShardSizeThatCannotTravel(int shardBytes) {
        assertThatThrownBy(() -> new ShardPlan(1, shardBytes)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Integer.toString(shardBytes));
    }

    @Test
    void shouldRefuseWhatIsNotInThePlan() {
        ShardPlan plan = new ShardPlan(4, 8);

        assertThatThrownBy(() -> plan.start(2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> plan.cut(new float[3])).hasMessageContaining("3").hasMessageContaining("4");
    }
}
