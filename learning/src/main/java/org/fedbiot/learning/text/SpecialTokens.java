package org.fedbiot.learning.text;

import java.util.OptionalInt;

/** Ids of the tokens with a role; empty where the model has none. */
public record SpecialTokens(OptionalInt bos, OptionalInt eos, OptionalInt pad) {
    public static final SpecialTokens NONE =
            new SpecialTokens(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty());
}
