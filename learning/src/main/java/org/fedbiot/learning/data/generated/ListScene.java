package org.fedbiot.learning.data.generated;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.fedbiot.learning.data.SplitMix64;

/** "list : w1 .. wm ." and one operator. */
record ListScene(List<String> items) implements Scene {
    private static final List<String> OPERATORS = List.of(
            "first", "last", "second", "reverse", "reverse", "copy", "rotate", "count", "after", "before");

    static ListScene draw(SplitMix64 random) {
        return new ListScene(Draws.distinct(random, Vocabulary.POOL, random.between(3, 5)));
    }

    @Override
    public String context() {
        return "list : " + String.join(" ", items) + " .";
    }

    @Override
    public Turn ask(SplitMix64 random) {
        String operator = random.pick(OPERATORS);
        int size = items.size();
        String question = operator + " ?";
        String answer;
        if (operator.equals("after")) {
            int i = random.nextInt(size - 1);
            question = "after " + items.get(i) + " ?";
            answer = items.get(i + 1);
        } else if (operator.equals("before")) {
            int i = 1 + random.nextInt(size - 1);
            question = "before " + items.get(i) + " ?";
            answer = items.get(i - 1);
        } else {
            answer = apply(operator, items);
        }
        return new Turn("list", question, List.of("short", answer, "label", "answer : " + answer,
                "full", "the " + operator + " is " + answer));
    }

    /** The result of an operator that needs nothing but the list. */
    static String apply(String operator, List<String> items) {
        return switch (operator) {
            case "first" -> items.get(0);
            case "second" -> items.get(1);
            case "last" -> items.get(items.size() - 1);
            case "copy" -> String.join(" ", items);
            case "reverse" -> reversed(items);
            case "rotate" -> String.join(" ", items.subList(1, items.size())) + " " + items.get(0);
            case "count" -> Integer.toString(items.size());
            default -> throw new IllegalArgumentException("no list operator '" + operator + "'");
        };
    }

    private static String reversed(List<String> items) {
        List<String> copy = new ArrayList<>(items);
        Collections.reverse(copy);
        return String.join(" ", copy);
    }
}
