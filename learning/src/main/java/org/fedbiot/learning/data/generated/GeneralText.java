package org.fedbiot.learning.data.generated;

import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.fedbiot.learning.data.SplitMix64;

/** The general domain: what the model is pre-trained on and what the public set is drawn from (small-model "Text"). */
public final class GeneralText {
    /** The kinds of question and how often each is drawn, in per cent; names are the categories of the records. */
    public enum Kind {
        ADD(8), SUB(6), GET(10), WHO(5), TOTAL(4), CMP(8), LOC(5), LIST(35), UNIT(6), SORT(13);

        private final int percent;

        Kind(int percent) {
            this.percent = percent;
        }

        public String category() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final List<String> GAINS = List.of("buys", "finds", "gets", "wins");
    private static final List<String> LOSSES = List.of("loses", "sells", "eats", "breaks");

    private GeneralText() {
    }

    /** A record of a kind drawn by the kinds' shares. */
    public static GeneratedExample draw(SplitMix64 random) {
        return draw(random, EnumSet.allOf(Kind.class));
    }

    /** A record of one of some kinds, drawn by what their shares are to each other. */
    static GeneratedExample draw(SplitMix64 random, Set<Kind> kinds) {
        int left = random.nextInt(kinds.stream().mapToInt(kind -> kind.percent).sum());
        for (Kind kind : Kind.values()) {
            left -= kinds.contains(kind) ? kind.percent : 0;
            if (left < 0) {
                return draw(random, kind);
            }
        }
        throw new IllegalArgumentException("no kind to draw from");
    }

    /** A record of the given kind. */
    public static GeneratedExample draw(SplitMix64 random, Kind kind) {
        return switch (kind) {
            case ADD -> change(random, true);
            case SUB -> change(random, false);
            case GET -> ask(random, PossessionScene.draw(random, random.between(2, 3), false), PossessionScene::get);
            case WHO -> ask(random, PossessionScene.draw(random, 3, false), PossessionScene::who);
            case TOTAL -> ask(random, PossessionScene.draw(random, 3, true), PossessionScene::total);
            case CMP -> ask(random, PossessionScene.draw(random, 3, true), PossessionScene::compare);
            case LOC -> ask(random, PlaceScene.draw(random), PlaceScene::ask);
            case LIST -> ask(random, ListScene.draw(random), ListScene::ask);
            case UNIT -> unit(random);
            case SORT -> sort(random);
        };
    }

    /** The end of every prompt: the style word, where there is one, and the sign that a reply follows. */
    static String promptEnd(String style) {
        return " " + style + " reply :";
    }

    /** The numbers in rising ("up") or falling order. */
    static String sorted(List<Integer> numbers, boolean up) {
        Stream<Integer> sorted = numbers.stream().sorted(up ? Comparator.naturalOrder() : Comparator.reverseOrder());
        return joined(sorted);
    }

    static String joined(Stream<Integer> numbers) {
        return String.join(" ", numbers.map(String::valueOf).toList());
    }

    private interface Question<S> {
        Turn about(S scene, SplitMix64 random);
    }

    private static <S extends Scene> GeneratedExample ask(SplitMix64 random, S scene, Question<S> question) {
        return record(random, scene.context(), question.about(scene, random));
    }

    private static GeneratedExample record(SplitMix64 random, String context, Turn turn) {
        Turn.Styled styled = turn.styled(random);
        String prompt = context + " " + turn.question() + promptEnd(styled.style());
        return new GeneratedExample(prompt.strip(), styled.reply(), turn.kind());
    }

    private static GeneratedExample change(SplitMix64 random, boolean gain) {
        PossessionScene scene = PossessionScene.draw(random, 2, false);
        Possession before = random.pick(scene.facts());
        int change = gain ? random.between(2, 30) : random.between(1, before.count() - 1);
        Possession after = new Possession(before.name(), before.count() + (gain ? change : -change), before.object());
        String event = before.name() + " " + random.pick(gain ? GAINS : LOSSES) + " " + change
                + (gain ? " more " : " ") + before.object() + " .";
        String question = event + " how many " + before.object() + " does " + before.name() + " have ?";
        return record(random, scene.context(),
                Turn.possession(gain ? "add" : "sub", question, Integer.toString(after.count()), after));
    }

    private static GeneratedExample unit(SplitMix64 random) {
        Unit.Parts parts = Unit.draw(random);
        return record(random, "", Turn.bare("unit", parts.question() + " ?", parts.answer()));
    }

    private static GeneratedExample sort(SplitMix64 random) {
        boolean up = random.nextInt(2) == 0;
        List<Integer> numbers = Draws.distinctNumbers(random, 1, 60, 3);
        String question = "sort " + (up ? "up" : "down") + " : " + joined(numbers.stream()) + " ?";
        return record(random, "", Turn.bare("sort", question, sorted(numbers, up)));
    }
}
