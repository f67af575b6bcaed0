package org.fedbiot.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class BacklogTest {

    private static final TopicPartition ZERO = new TopicPartition("topic", 0);
    private static final TopicPartition ONE = new TopicPartition("topic", 1);

    private final Backlog backlog = new Backlog();

    @Test
    void shouldCallNothingDoneThatStillWaits() {
        // Given three records in two partitions
        backlog.add(List.of(record(0, 5), record(0, 7), record(1, 2)));

        // When the first is taken and done
        ConsumerRecord<String, SpecificRecord> first = backlog.take(doing(true));

        // Then only what lies before the waiting ones is done
        assertThat(first.offset()).isEqualTo(5);
        assertThat(backlog.doneUpTo(List.of(ZERO, ONE))).isEqualTo(Map.of(ZERO, 7L, ONE, 2L));
        assertThat(backlog.doneUpTo(List.of(ONE))).isEqualTo(Map.of(ONE, 2L));
    }

    @Test
    void shouldDropWhatIsNotWorthDoing() {
        backlog.add(List.of(record(0, 5), record(0, 6)));

        assertThat(backlog.take(doing(false))).isNull();
        assertThat(backlog.doneUpTo(List.of(ZERO))).isEqualTo(Map.of(ZERO, 7L));
    }

    @Test
    void shouldJudgeARecordByAllThatCameAfterIt() {
        List<Integer> later = new ArrayList<>();
        backlog.add(List.of(record(0, 5), record(0, 6)));
        backlog.add(List.of(record(0, 7)));

        backlog.take(new LeasedWork() {
            @Override
            public boolean isWorthDoing(ConsumerRecord<String, SpecificRecord> record,
                    List<ConsumerRecord<String, SpecificRecord>> after) {
                later.add(after.size());
                return false;
            }

            @Override
            public void handle(ConsumerRecord<String, SpecificRecord> record) {
            }
        });

        assertThat(later).containsExactly(2, 1, 0);
    }

    @Test
    void shouldKnowARecordThatIsHandedOutAgain() {
        // Given a record that is being worked on when the broker hands it out again
        backlog.add(List.of(record(0, 5)));
        backlog.take(doing(true));

        backlog.add(List.of(record(0, 5), record(0, 6)));

        assertThat(backlog.take(doing(true)).offset()).isEqualTo(6);
        assertThat(backlog.take(doing(true))).isNull();
    }

    @Test
    void shouldCallDoneWhatIsPassedOverButNotWhatWaitsBeforeIt() {
        backlog.add(List.of(record(0, 5)));
        backlog.passOver(ZERO, 6);
        backlog.passOver(ONE, 0);

        assertThat(backlog.doneUpTo(List.of(ZERO, ONE))).isEqualTo(Map.of(ZERO, 5L, ONE, 1L));
        backlog.take(doing(true));
        assertThat(backlog.doneUpTo(List.of(ZERO, ONE))).isEqualTo(Map.of(ZERO, 7L, ONE, 1L));
    }

    @Test
    void shouldForgetPartitionsThatAnotherWorkerTook() {
        backlog.add(List.of(record(0, 5), record(1, 2)));

        backlog.drop(List.of(ZERO));

        assertThat(backlog.doneUpTo(List.of(ZERO, ONE))).isEqualTo(Map.of(ONE, 2L));
        // And when the partition comes back, its records count again
        backlog.add(List.of(record(0, 5)));
        assertThat(backlog.take(doing(true)).partition()).isEqualTo(1);
        assertThat(backlog.take(doing(true)).offset()).isEqualTo(5);
    }

    private static ConsumerRecord<String, SpecificRecord> record(int partition, long offset) {
        return new ConsumerRecord<>("topic", partition, offset, "key", null);
    }

    private static LeasedWork doing(boolean worth) {
        return new LeasedWork() {
            @Override
            public boolean isWorthDoing(ConsumerRecord<String, SpecificRecord> record,
                    List<ConsumerRecord<String, SpecificRecord>> later) {
                return worth;
            }

            @Override
            public void handle(ConsumerRecord<String, SpecificRecord> record) {
                throw new AssertionError("not done here");
            }
        };
    }
}
