package org.fedbiot.learning.data.generated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.data.Example;
import org.fedbiot.learning.data.generated.GeneratedSets.Sizes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PublicTextTest {
    private static final Sizes SMALL = new Sizes(5, 5, 5, 400, 50);

    @ParameterizedTest
    @EnumSource(PublicText.class)
    void shouldBeAFunctionOfTheSeedInKnownWordsWithoutRepeatedPrompts(PublicText kind) {
        GeneratedSets sets = GeneratedSets.draw(PrivateTask.B, kind, SMALL, 1);

        assertThat(GeneratedSets.draw(PrivateTask.B, kind, SMALL, 1)).isEqualTo(sets);
        assertThat(publicText(GeneratedSets.draw(PrivateTask.B, kind, SMALL, 2))).isNotEqualTo(publicText(sets));
        assertThat(publicText(sets)).hasSize(450).extracting(Example::prompt).doesNotHaveDuplicates();
        assertThat(publicText(sets)).allSatisfy(record ->
                assertThat(Vocabulary.encode(record.prompt() + " " + record.reply())).hasSizeBetween(8, 45));
    }

    @ParameterizedTest
    @EnumSource(PublicText.class)
    void shouldLeaveThePrivateSetsAsTheyAre(PublicText kind) {
        GeneratedSets sets = GeneratedSets.draw(PrivateTask.A, kind, SMALL, 3);

        GeneratedSets general = GeneratedSets.draw(PrivateTask.A, SMALL, 3);
        assertThat(List.of(sets.train(), sets.test(), sets.ownerEvaluation()))
                .isEqualTo(List.of(general.train(), general.test(), general.ownerEvaluation()));
    }

    @Test
    void shouldHoldTheKindsThatItsNameSays() {
        assertThat(categories(PublicText.GENERAL)).hasSize(GeneralText.Kind.values().length);
        assertThat(categories(PublicText.ARITHMETIC)).containsExactly("add", "cmp", "sort", "sub", "total", "unit");
        assertThat(categories(PublicText.LISTS)).containsExactly("list");
        assertThat(categories(PublicText.RANDOM_TOKENS)).containsExactly("random-tokens");
    }

    @Test
    void shouldDrawRandomTokensFromTheWholeVocabularyAtTheLengthsOfGeneralText() {
        List<Example> random = publicText(GeneratedSets.draw(PrivateTask.B, PublicText.RANDOM_TOKENS,
                Sizes.STANDARD, 0));

        Set<String> words = random.stream().flatMap(record -> Stream.of(record.prompt().split(" ")))
                .collect(Collectors.toSet());
        assertThat(words).hasSize(Vocabulary.words().size() - Vocabulary.SPECIAL.size())
                .doesNotContainAnyElementsOf(Vocabulary.SPECIAL);
        assertThat(meanLength(random)).isBetween(0.9 * meanLength(general()), 1.1 * meanLength(general()));
    }

    @Test
    void shouldFindItByItsLocation() {
        assertThat(GeneratedLocation.publicText("generated:b", 0)).isEqualTo(
                GeneratedLocation.publicText("generated:general", 0)).hasSize(2100);
        assertThat(GeneratedLocation.publicText("generated:random-tokens", 0))
                .allMatch(record -> record.category().orElseThrow().equals("random-tokens"));
        assertThat(GeneratedLocation.evaluation("generated:q", 0)).hasSize(300);
        assertThatThrownBy(() -> GeneratedLocation.evaluation("generated:lists", 0))
                .isInstanceOf(BadInputException.class).hasMessageContaining("[generated:a, generated:b, generated:q]");
    }

    private static List<Example> general() {
        return publicText(GeneratedSets.draw(PrivateTask.B, Sizes.STANDARD, 0));
    }

    private static double meanLength(List<Example> records) {
        return records.stream().mapToInt(record -> record.prompt().split(" ").length).average().orElseThrow();
    }

    private static Set<String> categories(PublicText kind) {
        return publicText(GeneratedSets.draw(PrivateTask.B, kind, SMALL, 0)).stream()
                .map(record -> record.category().orElseThrow()).collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<Example> publicText(GeneratedSets sets) {
        return Stream.of(sets.publicTrain(), sets.publicHeldOut()).flatMap(List::stream).toList();
    }
}
