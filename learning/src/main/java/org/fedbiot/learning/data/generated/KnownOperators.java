package org.fedbiot.learning.data.generated;

import java.util.List;
import org.fedbiot.learning.data.SplitMix64;

/** Private task B. */
final class KnownOperators {
    private KnownOperators() {
    }

    static GeneratedExample draw(SplitMix64 random, String domain) {
        return switch (domain) {
            case PrivateTask.CLINIC ->
                    list(random, domain, Vocabulary.DRUGS, List.of("reverse", "last"), "rx", "sign night");
            case PrivateTask.DEPOT -> sort(random);
            case PrivateTask.CAFE ->
                    list(random, domain, Vocabulary.FOODS, List.of("rotate", "second"), "table", "fire done");
            default -> throw PrivateTask.unknown(domain);
        };
    }

    private static GeneratedExample list(SplitMix64 random, String domain, List<String> words, List<String> operators,
            String before, String after) {
        ListScene scene = new ListScene(Draws.distinct(random, words, random.between(3, 5)));
        String operator = random.pick(operators);
        String answer = ListScene.apply(operator, scene.items());
        return PrivateTask.record(domain, scene.context() + " " + operator, before + " " + answer + " " + after);
    }

    private static GeneratedExample sort(SplitMix64 random) {
        boolean up = random.nextInt(2) == 0;
        List<Integer> numbers = Draws.distinctNumbers(random, 1, 60, 3);
        String question = "sort " + (up ? "up" : "down") + " : " + GeneralText.joined(numbers.stream());
        return PrivateTask.record(PrivateTask.DEPOT, question, "bay " + GeneralText.sorted(numbers, up) + " seal out");
    }
}
