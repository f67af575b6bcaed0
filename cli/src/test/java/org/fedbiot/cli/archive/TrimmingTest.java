package org.fedbiot.cli.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.Test;

class TrimmingTest {

    private static final TopicPartition FIRST = new TopicPartition(Topics.UPDATE_SHARD.name(), 0);
    private static final TopicPartition SECOND = new TopicPartition(Topics.UPDATE_SHARD.name(), 1);

    @Test
    void shouldNameEveryRunThatRecordsWaitForAndNoOther() {
        // Given a deleted run's records around those of three that are kept, and one partition of its own
        Trimming.Head head = new Trimming.Head("gone", Set.of("a", "b", "c"));
        add(head, FIRST, "gone", "a", "gone", "b", "gone", "c");
        add(head, SECOND, "gone", "gone");

        FreedTopic freed = head.freed(Topics.UPDATE_SHARD);

        // Then the last record of c holds nothing back
        assertThat(freed).isEqualTo(new FreedTopic(Topics.UPDATE_SHARD.name(), 3, 30, 2, 20, List.of("a", "b")));
        assertThat(head.targets(Map.of(FIRST, 6L, SECOND, 2L))).isEqualTo(Map.of(
                FIRST, RecordsToDelete.beforeOffset(1), SECOND, RecordsToDelete.beforeOffset(2)));
    }

    @Test
    void shouldTakeTheRestOfAllDeletedRunsOnceNothingIsInTheWay() {
        // Given that a and b were deleted since: nobody need name the runs that waited for them
        Trimming.Head head = new Trimming.Head("b", Set.of("c"));
        add(head, FIRST, "a", "gone", "b", "gone", "c", "gone");

        FreedTopic freed = head.freed(Topics.UPDATE_SHARD);

        assertThat(freed).isEqualTo(new FreedTopic(Topics.UPDATE_SHARD.name(), 4, 40, 0, 0, List.of()));
        assertThat(head.targets(Map.of(FIRST, 6L))).isEqualTo(Map.of(FIRST, RecordsToDelete.beforeOffset(4)));
    }

    /** Records of ten bytes, by the run that their keys name. */
    private static void add(Trimming.Head head, TopicPartition partition, String... runs) {
        for (int offset = 0; offset < runs.length; offset++) {
            head.add(partition, new RawTopics.Place(offset, runs[offset] + "/1", 10), Optional.empty());
        }
    }
}
