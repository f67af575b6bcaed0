package org.fedbiot.learning.data.generated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.fedbiot.learning.data.SplitMix64;
import org.fedbiot.learning.data.generated.GeneralText.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GeneralTextTest {
    @Test
    void shouldHaveTheWordCountsOfTheRecipe() {
        assertThat(Vocabulary.words()).hasSize(368).doesNotHaveDuplicates().startsWith("<pad>", "<bos>", "<eos>", "0");
        assertThat(Vocabulary.POOL).hasSize(157);
        assertThat(Vocabulary.NAMES).hasSize(40);
        assertThatThrownBy(() -> Vocabulary.encode("ann smiles")).hasMessageContaining("'smiles'");
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldUseKnownWordsOnlyAndEndEveryPromptAtTheReply(Kind kind) {
        SplitMix64 random = new SplitMix64(1);
        for (int i = 0; i < 100; i++) {
            GeneratedExample example = GeneralText.draw(random, kind);
            assertThat(example.prompt()).endsWith(" reply :");
            assertThat(example.category()).isEqualTo(kind.category());
            assertThat(Vocabulary.encode(example.prompt() + " " + example.reply())).hasSizeBetween(8, 45);
        }
    }

    @Test
    void shouldAnswerWhatIsAsked() {
        SplitMix64 random = new SplitMix64(2);
        for (int i = 0; i < 1000; i++) {
            GeneratedExample example = GeneralText.draw(random);
            if (example.prompt().endsWith("short reply :")) {
                assertThat(example.reply()).as(example.prompt()).isEqualTo(answered(example.prompt(), example.category()));
            }
        }
    }

    @Test
    void shouldDrawKindsByTheirShares() {
        SplitMix64 random = new SplitMix64(3);
        Map<String, Long> counts = Stream.generate(() -> GeneralText.draw(random)).limit(10_000)
                .collect(Collectors.groupingBy(GeneratedExample::category, Collectors.counting()));
        assertThat(counts).hasSize(Kind.values().length);
        assertThat(counts.get("list")).isBetween(3300L, 3700L);
        assertThat(counts.get("sort")).isBetween(1150L, 1450L);
    }

    @Test
    void shouldWeighReplyTokensAndEndMoreThanThePrompt() {
        WeightedSequence sequence = PretrainingText.sequence(new GeneratedExample("sort up : 3 1 2 ? short reply :", "1 2 3", "sort"));
        assertThat(sequence.tokens()).startsWith(Vocabulary.BOS).endsWith(Vocabulary.EOS).hasSize(15);
        assertThat(sequence.weights()).containsExactly(0, .1f, .1f, .1f, .1f, .1f, .1f, .1f, .1f, .1f, .1f, 1, 1, 1, 1);
    }

    @Test
    void shouldRestateTheSameFactsTwice() {
        SplitMix64 random = new SplitMix64(4);
        for (int i = 0; i < 100; i++) {
            String text = text(PretrainingText.restated(random));
            String[] parts = text.split(" now : ");
            assertThat(parts).hasSize(3);
            assertThat(facts(parts[1])).isEqualTo(facts(parts[0]));
            assertThat(facts(parts[2])).isEqualTo(facts(parts[0]));
        }
    }

    @Test
    void shouldAskSeveralQuestionsInOneSequence() {
        SplitMix64 random = new SplitMix64(5);
        for (int i = 0; i < 100; i++) {
            WeightedSequence sequence = PretrainingText.multiTurn(random);
            assertThat(Arrays.stream(sequence.tokens()).filter(t -> t == Vocabulary.EOS).count()).isBetween(3L, 4L);
        }
    }

    private static List<String> facts(String text) {
        return Stream.of(text.split(" \\.")).map(String::strip).filter(fact -> !fact.isEmpty()).sorted().toList();
    }

    private static String text(WeightedSequence sequence) {
        return Arrays.stream(sequence.tokens()).filter(t -> t > Vocabulary.EOS).mapToObj(Vocabulary.words()::get)
                .collect(Collectors.joining(" "));
    }

    /** The short answer, worked out from the prompt's words alone. */
    private static String answered(String prompt, String category) {
        String[] words = prompt.split(" ");
        return switch (category) {
            case "list" -> Lists.answered(prompt);
            case "sort" -> {
                List<Integer> numbers = Stream.of(words[3], words[4], words[5]).map(Integer::valueOf).sorted().toList();
                boolean up = words[1].equals("up");
                yield numbers.get(up ? 0 : 2) + " " + numbers.get(1) + " " + numbers.get(up ? 2 : 0);
            }
            case "unit" -> Integer.toString(Integer.parseInt(words[4]) * Map.of("legs spiders", 8, "wheels cars", 4,
                    "days weeks", 7, "fingers hands", 5, "sides triangles", 3, "ears dogs", 2, "months years", 12,
                    "legs dogs", 4).get(words[2] + " " + words[5]));
            default -> Facts.answered(prompt, category);
        };
    }

    private static final class Lists {
        static String answered(String prompt) {
            List<String> items = List.of(prompt.substring("list : ".length(), prompt.indexOf(" .")).split(" "));
            String[] question = prompt.substring(prompt.indexOf(". ") + 2).split(" ");
            int at = items.indexOf(question[1]);
            return switch (question[0]) {
                case "first" -> items.get(0);
                case "second" -> items.get(1);
                case "last" -> items.get(items.size() - 1);
                case "copy" -> String.join(" ", items);
                case "count" -> Integer.toString(items.size());
                case "after" -> items.get(at + 1);
                case "before" -> items.get(at - 1);
                case "rotate" -> (String.join(" ", items) + " " + items.get(0)).substring(items.get(0).length() + 1);
                default -> items.stream().reduce((a, b) -> b + " " + a).orElseThrow();
            };
        }
    }

    private static final class Facts {
        static String answered(String prompt, String category) {
            Map<String, String> things = new HashMap<>();
            Map<String, Integer> counts = new HashMap<>();
            Map<String, String> places = new HashMap<>();
            int change = 0;
            for (String sentence : prompt.split(" \\. ")) {
                String[] words = sentence.split(" ");
                if (words[1].equals("has") && words.length == 4) {
                    counts.put(words[0], Integer.valueOf(words[2]));
                    things.put(words[0], words[3]);
                } else if (words[1].equals("lives")) {
                    places.put(words[0], words[3]);
                } else if (category.equals("add") || category.equals("sub")) {
                    change = words[0].equals("how") ? change : Integer.parseInt(words[2]);
                }
            }
            String[] words = prompt.substring(prompt.lastIndexOf(". ") + 2).split(" ");
            return switch (category) {
                case "get" -> counts.get(words[2]) + " " + things.get(words[2]);
                case "who" -> owner(things, words[2]);
                case "loc" -> words[0].equals("where") ? places.get(words[2]) : owner(places, words[3]);
                case "total" -> Integer.toString(counts.get(words[4]) + counts.get(words[6]));
                case "add" -> Integer.toString(counts.get(words[4]) + change);
                case "sub" -> Integer.toString(counts.get(words[4]) - change);
                case "cmp" -> counts.entrySet().stream()
                        .sorted(words[3].equals("most") ? Map.Entry.<String, Integer>comparingByValue().reversed()
                                : Map.Entry.comparingByValue())
                        .findFirst().orElseThrow().getKey();
                default -> throw new IllegalArgumentException(category);
            };
        }

        private static String owner(Map<String, String> of, String thing) {
            return of.entrySet().stream().filter(e -> e.getValue().equals(thing)).findFirst().orElseThrow().getKey();
        }
    }
}
