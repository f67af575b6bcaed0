package org.fedbiot.learning.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.fedbiot.learning.BadInputException;
import org.junit.jupiter.api.Test;

class PartitionTest {
    @Test
    void shouldDealEveryRecordOnceAndEvenly() {
        // Given
        List<Example> records = records(100, 4);

        // When
        List<List<Example>> dealt = Partition.iid(3, 7).split(records, "train");

        // Then
        assertThat(dealt).extracting(List::size).allMatch(size -> size == 33 || size == 34);
        assertThat(dealt.stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(records);
        assertThat(dealt).isEqualTo(Partition.iid(3, 7).split(records, "train"));
        assertThat(dealt).isNotEqualTo(Partition.iid(3, 8).split(records, "train"));
        assertThat(dealt.get(0)).isNotEqualTo(records.subList(0, dealt.get(0).size()));
    }

    @Test
    void shouldGiveWholeCategoriesByOneMapForAllSets() {
        // Given
        Partition partition = Partition.meta(records(90, 9), 3, 1);

        // When
        List<List<Example>> train = partition.split(records(90, 9), "train");
        List<List<Example>> heldOut = partition.split(records(45, 9), "held-out");

        // Then
        for (int client = 0; client < 3; client++) {
            assertThat(categories(train.get(client))).hasSize(3).isEqualTo(categories(heldOut.get(client)));
            assertThat(train.get(client)).hasSize(30);
        }
    }

    @Test
    void shouldGiveClientsMoreUnequalCategoriesAtSmallConcentrations() {
        List<Example> records = records(600, 6);
        assertThat(skew(records, 0.1)).isGreaterThan(skew(records, 100) + 0.2);
    }

    @Test
    void shouldDealHeldOutTextByTheSharesOfTheTrainingText() {
        // Given
        List<Example> records = records(600, 6);
        Partition partition = Partition.lda(records, 3, 0.3, 5);

        // When
        List<List<Example>> train = partition.split(records, "train");
        List<List<Example>> heldOut = partition.split(records, "held-out");

        // Then
        assertThat(heldOut).isNotEqualTo(train);
        for (int client = 0; client < 3; client++) {
            for (String category : categories(records)) {
                assertThat(count(heldOut.get(client), category)).isEqualTo(count(train.get(client), category));
            }
        }
        assertThat(train).noneMatch(List::isEmpty);
        assertThat(train.stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(records);
    }

    @Test
    void shouldRefuseWhatCannotBeDealt() {
        assertThatThrownBy(() -> Partition.iid(3, 0).split(records(2, 1), "train"))
                .isInstanceOf(BadInputException.class).hasMessageContaining("2 records").hasMessageContaining("3 clients");
        assertThatThrownBy(() -> Partition.meta(records(30, 2), 3, 0))
                .isInstanceOf(BadInputException.class).hasMessageContaining("2 categories");
        Example without = Example.of("f:9", "a", "b", Optional.empty());
        assertThatThrownBy(() -> Partition.lda(List.of(without), 1, 1, 0))
                .isInstanceOf(BadInputException.class).hasMessageContaining("f:9");
        assertThatThrownBy(() -> Partition.meta(records(30, 3), 3, 0).split(records(40, 4), "held-out"))
                .isInstanceOf(BadInputException.class).hasMessageContaining("f:3").hasMessageContaining("c3");
    }

    /** Mean share of a client's commonest category. */
    private static double skew(List<Example> records, double concentration) {
        return IntStream.range(0, 10).boxed()
                .flatMap(seed -> Partition.lda(records, 3, concentration, seed).split(records, "train").stream())
                .mapToDouble(part -> categories(part).stream().mapToLong(c -> count(part, c)).max().orElse(0)
                        / (double) part.size())
                .average().orElseThrow();
    }

    private static long count(List<Example> records, String category) {
        return records.stream().filter(record -> record.category().orElseThrow().equals(category)).count();
    }

    private static Set<String> categories(List<Example> records) {
        return records.stream().map(record -> record.category().orElseThrow()).collect(Collectors.toSet());
    }

    private static List<Example> records(int count, int categories) {
        return IntStream.range(0, count)
                .mapToObj(i -> Example.of("f:" + i, "p" + i, "r", Optional.of("c" + i % categories))).toList();
    }
}
