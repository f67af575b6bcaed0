package org.fedbiot.learning.data.generated;

import java.util.List;
import java.util.stream.IntStream;
import org.fedbiot.learning.data.SplitMix64;

/** Who lives where. */
record PlaceScene(List<String> names, List<String> places) implements Scene {

    static PlaceScene draw(SplitMix64 random) {
        return new PlaceScene(Draws.distinct(random, Vocabulary.NAMES, 3),
                Draws.distinct(random, Vocabulary.PLACES, 3));
    }

    @Override
    public String context() {
        return String.join(" ", sentences());
    }

    @Override
    public String restated(SplitMix64 random) {
        return String.join(" ", Draws.distinct(random, sentences(), names.size()));
    }

    @Override
    public Turn ask(SplitMix64 random) {
        int i = random.nextInt(names.size());
        boolean where = random.nextInt(2) == 0;
        String question = where ? "where lives " + names.get(i) + " ?" : "who lives in " + places.get(i) + " ?";
        String answer = where ? places.get(i) : names.get(i);
        return new Turn("loc", question, List.of("short", answer,
                "label", "answer : " + answer, "full", names.get(i) + " lives in " + places.get(i)));
    }

    private List<String> sentences() {
        return IntStream.range(0, names.size())
                .mapToObj(i -> names.get(i) + " lives in " + places.get(i) + " .").toList();
    }
}
