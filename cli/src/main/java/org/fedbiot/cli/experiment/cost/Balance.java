package org.fedbiot.cli.experiment.cost;

import java.util.Map;

/**
 * What holding a budget equal came to.
 *
 * @param changes settings to set over the row's own; empty where these do already
 * @param wanted what the reference spends
 * @param reached what the row spends with the changes, all its parts together
 */
public record Balance(Map<String, String> changes, double wanted, double reached) {

    public Balance {
        changes = Map.copyOf(changes);
    }

    /** Share of the reference's that the row spends too much, or, below 0, too little: whole steps and rounds. */
    public double excess() {
        return reached / wanted - 1;
    }
}
