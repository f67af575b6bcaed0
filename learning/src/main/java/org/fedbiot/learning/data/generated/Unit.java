package org.fedbiot.learning.data.generated;

import java.util.List;
import org.fedbiot.learning.data.SplitMix64;

/** What something has how many of, known without being told. */
record Unit(String part, String whole, int factor) {
    private static final List<Unit> ALL = List.of(
            new Unit("legs", "spiders", 8), new Unit("wheels", "cars", 4), new Unit("days", "weeks", 7),
            new Unit("fingers", "hands", 5), new Unit("sides", "triangles", 3), new Unit("ears", "dogs", 2),
            new Unit("months", "years", 12), new Unit("legs", "dogs", 4));

    /** A question, without its mark, and the number that answers it. */
    record Parts(String question, String answer) {
    }

    static Parts draw(SplitMix64 random) {
        Unit unit = random.pick(ALL);
        int wholes = random.between(2, 8);
        return new Parts("how many " + unit.part + " are " + wholes + " " + unit.whole,
                Integer.toString(unit.factor * wholes));
    }
}
