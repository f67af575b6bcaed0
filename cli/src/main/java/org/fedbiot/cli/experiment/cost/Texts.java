package org.fedbiot.cli.experiment.cost;

import java.util.Objects;

/**
 * The text of a run.
 *
 * @param training the clients' own
 * @param heldOut the clients' own that they score on at the end; all clients' records together
 * @param alignment the public set
 * @param evaluation the owner's evaluation set
 */
public record Texts(TextShape training, TextShape heldOut, TextShape alignment, TextShape evaluation) {

    public Texts {
        Objects.requireNonNull(training, "training");
        Objects.requireNonNull(heldOut, "heldOut");
        Objects.requireNonNull(alignment, "alignment");
        Objects.requireNonNull(evaluation, "evaluation");
    }

    /** With as many held-out records as some of the clients have, if all have the same number. */
    public Texts ofClients(int some, int all) {
        return new Texts(training, new TextShape(heldOut.records() * some / all, heldOut.tokens(),
                heldOut.replyTokens()), alignment, evaluation);
    }
}
