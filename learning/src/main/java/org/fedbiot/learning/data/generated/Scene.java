package org.fedbiot.learning.data.generated;

import org.fedbiot.learning.data.SplitMix64;

/** Facts that one or several questions are asked about. */
interface Scene {
    /** The facts, as a prompt states them. */
    String context();

    /** The facts in another order; the same text where order is the content. */
    default String restated(SplitMix64 random) {
        return context();
    }

    Turn ask(SplitMix64 random);
}
