package org.fedbiot.learning.data.generated;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.fedbiot.learning.data.SplitMix64;

/** Who has how many of what: different objects, or one object so that counts can be compared and summed. */
record PossessionScene(List<Possession> facts, boolean oneObject) implements Scene {

    static PossessionScene draw(SplitMix64 random, int size, boolean oneObject) {
        List<String> names = Draws.distinct(random, Vocabulary.NAMES, size);
        List<String> objects = Draws.distinct(random, Vocabulary.OBJECTS, size);
        List<Integer> counts = Draws.distinctNumbers(random, 2, 30, size);
        List<Possession> facts = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            facts.add(new Possession(names.get(i), counts.get(i), objects.get(oneObject ? 0 : i)));
        }
        return new PossessionScene(List.copyOf(facts), oneObject);
    }

    @Override
    public String context() {
        return String.join(" ", facts.stream().map(Possession::sentence).toList());
    }

    @Override
    public String restated(SplitMix64 random) {
        List<String> sentences = facts.stream().map(Possession::sentence).toList();
        return String.join(" ", Draws.distinct(random, sentences, sentences.size()));
    }

    @Override
    public Turn ask(SplitMix64 random) {
        if (oneObject) {
            return random.nextInt(2) == 0 ? compare(random) : total(random);
        }
        return random.nextInt(3) < 2 ? get(random) : who(random);
    }

    Turn get(SplitMix64 random) {
        Possession fact = random.pick(facts);
        return Turn.possession("get", "what does " + fact.name() + " have ?", fact.count() + " " + fact.object(), fact);
    }

    Turn who(SplitMix64 random) {
        Possession fact = random.pick(facts);
        return Turn.possession("who", "who has " + fact.object() + " ?", fact.name(), fact);
    }

    Turn compare(SplitMix64 random) {
        boolean most = random.nextInt(2) == 0;
        Comparator<Possession> byCount = Comparator.comparingInt(Possession::count);
        Possession fact = facts.stream().max(most ? byCount : byCount.reversed()).orElseThrow();
        String question = "who has the " + (most ? "most " : "fewest ") + fact.object() + " ?";
        return Turn.possession("cmp", question, fact.name(), fact);
    }

    Turn total(SplitMix64 random) {
        List<Possession> pair = two(random);
        int sum = pair.get(0).count() + pair.get(1).count();
        String question = "how many " + pair.get(0).object() + " do " + pair.get(0).name() + " and "
                + pair.get(1).name() + " have together ?";
        return Turn.bare("total", question, Integer.toString(sum));
    }

    private List<Possession> two(SplitMix64 random) {
        int[] order = random.permutation(facts.size());
        return List.of(facts.get(order[0]), facts.get(order[1]));
    }
}
