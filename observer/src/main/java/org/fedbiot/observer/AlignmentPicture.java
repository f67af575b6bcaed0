package org.fedbiot.observer;

import org.fedbiot.schemas.event.AlignmentLoss;

/**
 * An emulator version: how well it follows the full model on held-out public text.
 *
 * @param adapterVersion that it was aligned with, -1 if it was not aligned
 * @param round that it was made for, 0 for the first
 */
public record AlignmentPicture(int emulatorVersion, int adapterVersion, int round, long atMillis, int steps,
        Losses before, Losses after) {

    /** loss = l2 + klWeight * kl. */
    public record Losses(double l2, double kl, double loss) {

        static Losses of(AlignmentLoss loss) {
            return new Losses(loss.getL2(), loss.getKl(), loss.getLoss());
        }
    }
}
