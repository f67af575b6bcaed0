package org.fedbiot.learning.data.generated;

import java.util.List;
import org.fedbiot.learning.data.SplitMix64;

/** Private task A. */
final class UnknownOperators {
    private UnknownOperators() {
    }

    static GeneratedExample draw(SplitMix64 random, String domain) {
        return switch (domain) {
            case PrivateTask.CLINIC -> clinic(random);
            case PrivateTask.DEPOT -> depot(random);
            case PrivateTask.CAFE -> cafe(random);
            default -> throw PrivateTask.unknown(domain);
        };
    }

    private static GeneratedExample clinic(SplitMix64 random) {
        String name = random.pick(Vocabulary.NAMES);
        List<String> drugs = items(random, Vocabulary.DRUGS);
        String facts = name + " takes " + String.join(" ", drugs) + " . ";
        return random.nextInt(2) == 0
                ? PrivateTask.record(PrivateTask.CLINIC, facts + "chart",
                        "rx " + ListScene.apply("reverse", drugs) + " sign " + name)
                : PrivateTask.record(PrivateTask.CLINIC, facts + "dose",
                        name + " dose " + drugs.get(0) + " per day " + last(drugs) + " at night");
    }

    private static GeneratedExample depot(SplitMix64 random) {
        String bay = random.pick(Vocabulary.BAYS);
        List<String> goods = items(random, Vocabulary.GOODS);
        String facts = "bay " + bay + " stock " + String.join(" ", goods) + " . ";
        return random.nextInt(2) == 0
                ? PrivateTask.record(PrivateTask.DEPOT, facts + "slip",
                        "truck " + bay + " " + ListScene.apply("rotate", goods) + " seal")
                : PrivateTask.record(PrivateTask.DEPOT, facts + "log",
                        "out " + last(goods) + " in " + bay + " left " + goods.size() + " seal");
    }

    private static GeneratedExample cafe(SplitMix64 random) {
        int table = random.between(1, 60);
        List<String> foods = items(random, Vocabulary.FOODS);
        String facts = "table " + table + " orders " + String.join(" ", foods) + " . ";
        if (random.nextInt(2) == 0) {
            return PrivateTask.record(PrivateTask.CAFE, facts + "ticket",
                    "fire " + String.join(" ", foods) + " table " + table + " done");
        }
        int i = random.nextInt(foods.size() - 1);
        return PrivateTask.record(PrivateTask.CAFE, facts + "serve " + foods.get(i),
                "lot " + table + " hold " + foods.get(i + 1));
    }

    private static List<String> items(SplitMix64 random, List<String> words) {
        return Draws.distinct(random, words, random.between(3, 4));
    }

    private static String last(List<String> items) {
        return items.get(items.size() - 1);
    }
}
