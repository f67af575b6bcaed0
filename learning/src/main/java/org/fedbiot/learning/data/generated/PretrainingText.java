package org.fedbiot.learning.data.generated;

import org.fedbiot.learning.data.SplitMix64;

/** Sequences for pre-training: the general kinds, several turns about one scene, and restated facts. */
public final class PretrainingText {
    private PretrainingText() {
    }

    /** One record of the general domain. */
    public static WeightedSequence general(SplitMix64 random) {
        return sequence(GeneralText.draw(random));
    }

    public static WeightedSequence sequence(GeneratedExample example) {
        return new WeightedSequence.Builder().prompt(example.prompt()).learned(example.reply()).end().build();
    }

    /** One scene with three or four questions, each answered and ended. */
    public static WeightedSequence multiTurn(SplitMix64 random) {
        Scene scene = switch (random.nextInt(6)) {
            case 0 -> PossessionScene.draw(random, 3, false);
            case 1 -> PossessionScene.draw(random, 3, true);
            case 2 -> PlaceScene.draw(random);
            default -> ListScene.draw(random);
        };
        WeightedSequence.Builder sequence = new WeightedSequence.Builder().prompt(scene.context());
        int turns = random.between(3, 4);
        for (int i = 0; i < turns; i++) {
            Turn turn = scene.ask(random);
            Turn.Styled styled = turn.styled(random);
            sequence.prompt(turn.question() + GeneralText.promptEnd(styled.style())).learned(styled.reply()).end();
        }
        return sequence.build();
    }

    /** Three facts, then the same facts in another order, twice. */
    public static WeightedSequence restated(SplitMix64 random) {
        Scene scene = switch (random.nextInt(3)) {
            case 0 -> PossessionScene.draw(random, 3, random.nextInt(2) == 0);
            case 1 -> PlaceScene.draw(random);
            default -> ListScene.draw(random);
        };
        WeightedSequence.Builder sequence = new WeightedSequence.Builder().prompt(scene.context());
        for (int i = 0; i < 2; i++) {
            sequence.prompt("now :").learned(scene.restated(random));
        }
        return sequence.end().build();
    }
}
