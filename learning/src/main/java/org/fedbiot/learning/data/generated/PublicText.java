package org.fedbiot.learning.data.generated;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.fedbiot.learning.data.SplitMix64;
import org.fedbiot.learning.data.generated.GeneralText.Kind;

/** What the emulator is aligned on: the whole general domain, a part of it, or words without any sense. */
public enum PublicText {
    /** The domain that the model was pre-trained on. */
    GENERAL(EnumSet.allOf(Kind.class)),
    /** Numbers to add, take away, compare, multiply and sort: the small model's text of mathematics. */
    ARITHMETIC(EnumSet.of(Kind.ADD, Kind.SUB, Kind.TOTAL, Kind.CMP, Kind.UNIT, Kind.SORT)),
    /** Word lists under operators: formal text of strict structure, as near as the small model's words come to code. */
    LISTS(EnumSet.of(Kind.LIST)),
    /** Every word drawn from the whole vocabulary, in prompts and replies as long as those of general text. */
    RANDOM_TOKENS(EnumSet.allOf(Kind.class)) {
        @Override
        GeneratedExample draw(SplitMix64 random) {
            GeneratedExample general = super.draw(random);
            return new GeneratedExample(anyWords(random, general.prompt()), anyWords(random, general.reply()),
                    label());
        }
    };

    private static final List<String> WORDS =
            Vocabulary.words().subList(Vocabulary.SPECIAL.size(), Vocabulary.words().size());

    private final Set<Kind> kinds;

    PublicText(Set<Kind> kinds) {
        this.kinds = kinds;
    }

    GeneratedExample draw(SplitMix64 random) {
        return GeneralText.draw(random, kinds);
    }

    /** Its name in settings and locations. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<PublicText> of(String label) {
        return Arrays.stream(values()).filter(text -> text.label().equals(label)).findFirst();
    }

    private static String anyWords(SplitMix64 random, String like) {
        return Stream.of(like.split(" ")).map(word -> random.pick(WORDS)).collect(Collectors.joining(" "));
    }
}
