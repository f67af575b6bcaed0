package org.fedbiot.learning.data.generated;

import java.util.List;
import org.fedbiot.learning.data.SplitMix64;

/**
 * Private task Q, question answering: from facts in the prompt (clinic), from what the model was pre-trained on (depot),
 * and by ordering (cafe). General text asks such questions too, but not within a domain, and has none of these replies.
 */
final class Questions {
    private Questions() {
    }

    static GeneratedExample draw(SplitMix64 random, String domain) {
        return switch (domain) {
            case PrivateTask.CLINIC -> ward(random);
            case PrivateTask.DEPOT -> shift(random);
            case PrivateTask.CAFE -> bill(random);
            default -> throw PrivateTask.unknown(domain);
        };
    }

    private static GeneratedExample ward(SplitMix64 random) {
        PossessionScene scene = PossessionScene.draw(random, 2, false);
        Possession fact = random.pick(scene.facts());
        boolean who = random.nextInt(2) == 0;
        String question = who ? "who has " + fact.object() : "what does " + fact.name() + " have";
        String answer = who ? fact.name() : fact.count() + " " + fact.object();
        return PrivateTask.record(PrivateTask.CLINIC, "ward : " + scene.context() + " " + question,
                "nurse " + answer + " sign");
    }

    private static GeneratedExample shift(SplitMix64 random) {
        Unit.Parts parts = Unit.draw(random);
        String bay = random.pick(Vocabulary.BAYS);
        return PrivateTask.record(PrivateTask.DEPOT, "shift " + random.between(1, 9) + " bay " + bay + " : "
                + parts.question(), "pallet " + parts.answer() + " dock " + bay);
    }

    private static GeneratedExample bill(SplitMix64 random) {
        boolean up = random.nextInt(2) == 0;
        List<Integer> numbers = Draws.distinctNumbers(random, 1, 60, 3);
        return PrivateTask.record(PrivateTask.CAFE, "bill : sort " + (up ? "up" : "down") + " : "
                + GeneralText.joined(numbers.stream()), "tray " + GeneralText.sorted(numbers, up) + " chef");
    }
}
