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
}
