package org.fedbiot.learning.data.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.fedbiot.learning.data.Example;
import org.fedbiot.learning.data.SplitMix64;
import org.fedbiot.learning.data.generated.GeneratedSets.Sizes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GeneratedSetsTest {
    private static final Pattern PRIVATE_FORM = Pattern.compile("^(clinic|depot|cafe) : ");

    @ParameterizedTest
    @EnumSource(PrivateTask.class)
    void shouldShareNoPromptBetweenPrivateSets(PrivateTask task) {
        // When
        GeneratedSets sets = GeneratedSets.draw(task, Sizes.STANDARD, 0);

        // Then
        List<Example> all = new ArrayList<>(sets.train());
        all.addAll(sets.test());
        all.addAll(sets.ownerEvaluation());
        assertThat(sets.train()).hasSize(900);
        assertThat(sets.test()).hasSize(300);
        assertThat(sets.ownerEvaluation()).hasSize(300);
        assertThat(all).extracting(Example::prompt).doesNotHaveDuplicates();
        for (String domain : PrivateTask.domains()) {
            assertThat(sets.ownerEvaluation()).filteredOn(e -> e.category().orElseThrow().equals(domain)).hasSize(100);
            assertThat(sets.ownerEvaluation().subList(0, 30)).filteredOn(e -> e.category().orElseThrow().equals(domain)).hasSize(10);
        }
        assertThat(all).allMatch(e -> Vocabulary.encode(e.prompt() + " " + e.reply()).length <= 36);
    }

    @Test
    void shouldShareNoPromptBetweenPublicSetsAndHaveNoPrivateFormInThem() {
        // When
        GeneratedSets sets = GeneratedSets.draw(PrivateTask.B, Sizes.STANDARD, 0);

        // Then
        List<Example> all = new ArrayList<>(sets.publicTrain());
        all.addAll(sets.publicHeldOut());
        assertThat(all).hasSize(2100).extracting(Example::prompt).doesNotHaveDuplicates();
        assertThat(all).extracting(Example::prompt).filteredOn(p -> PRIVATE_FORM.matcher(p).find()).isEmpty();
        assertThat(sets.train()).allMatch(e -> PRIVATE_FORM.matcher(e.prompt()).find());
    }

    @Test
    void shouldHaveDomainWordsInGeneralTextOnlyAsItemsOfLists() {
        SplitMix64 random = new SplitMix64(9);
        for (int i = 0; i < 1000; i++) {
            GeneratedExample example = GeneralText.draw(random);
            if (!example.prompt().startsWith("list : ")) {
                assertThat(example.prompt().split(" ")).doesNotContainAnyElementsOf(domainWords());
            } else {
                assertThat(PRIVATE_FORM.matcher(example.prompt()).find()).isFalse();
            }
        }
    }

    @Test
    void shouldBeAFunctionOfTheSeed() {
        Sizes small = new Sizes(5, 5, 5, 5, 5);
        assertThat(GeneratedSets.draw(PrivateTask.B, small, 1)).isEqualTo(GeneratedSets.draw(PrivateTask.B, small, 1));
        assertThat(GeneratedSets.draw(PrivateTask.B, small, 1)).isNotEqualTo(GeneratedSets.draw(PrivateTask.B, small, 2));
    }

    @ParameterizedTest
    @EnumSource(PrivateTask.class)
    void shouldReplyToNoPrivatePromptAsGeneralTextWould(PrivateTask task) {
        // Given
        List<String> general = GeneratedSets.draw(task, Sizes.STANDARD, 0).publicTrain().stream().map(Example::reply)
                .toList();

        // Then
        assertThat(GeneratedSets.draw(task, Sizes.STANDARD, 0).train()).extracting(Example::reply)
                .doesNotContainAnyElementsOf(general);
    }

    @Test
    void shouldAnswerQuestionsOfTaskQRight() {
        SplitMix64 random = new SplitMix64(12);
        for (int i = 0; i < 200; i++) {
            GeneratedExample bill = PrivateTask.Q.draw(random, "cafe");
            String[] words = bill.prompt().split(" ");
            List<Integer> numbers = Stream.of(words).skip(7).limit(3).map(Integer::valueOf).sorted(
                    words[5].equals("up") ? Comparator.naturalOrder() : Comparator.reverseOrder()).toList();
            assertThat(bill.reply()).as(bill.prompt()).isEqualTo("tray " + numbers.get(0) + " " + numbers.get(1) + " "
                    + numbers.get(2) + " chef");

            GeneratedExample ward = PrivateTask.Q.draw(random, "clinic");
            String asked = ward.prompt().replaceAll(".* (who has|what does) (\\S+) .*", "$2");
            String[] fact = Stream.of(ward.prompt().replace("clinic : ward : ", "").split(" \\. ")).limit(2)
                    .filter(sentence -> (" " + sentence + " ").contains(" " + asked + " ")).findFirst().orElseThrow()
                    .split(" ");
            assertThat(ward.reply()).as(ward.prompt()).isEqualTo(ward.prompt().contains("who has")
                    ? "nurse " + fact[0] + " sign" : "nurse " + fact[2] + " " + fact[3] + " sign");

            assertThat(PrivateTask.Q.draw(random, "depot").prompt())
                    .matches("depot : shift \\d bay \\w+ : how many \\w+ are \\d \\w+ \\? reply :");
        }
    }

    @Test
    void shouldReplyByTheConventionsOfEachDomain() {
        SplitMix64 random = new SplitMix64(11);
        for (int i = 0; i < 100; i++) {
            assertThat(PrivateTask.B.draw(random, "clinic").reply()).startsWith("rx ").endsWith(" sign night");
            assertThat(PrivateTask.B.draw(random, "depot").reply()).matches("bay \\d+ \\d+ \\d+ seal out");
            assertThat(PrivateTask.B.draw(random, "cafe").prompt()).matches("cafe : list : .* \\. (rotate|second) \\? reply :");
            GeneratedExample dose = PrivateTask.A.draw(random, "clinic");
            if (dose.prompt().endsWith("dose ? reply :")) {
                String[] words = dose.prompt().split(" ");
                String last = words[words.length - 6];
                assertThat(dose.reply()).isEqualTo(words[2] + " dose " + words[4] + " per day " + last + " at night");
            }
        }
    }

    private static List<String> domainWords() {
        List<String> words = new ArrayList<>(Vocabulary.POOL);
        words.removeAll(Vocabulary.OBJECTS);
        words.removeAll(Vocabulary.PLACES);
        return words;
    }
}
