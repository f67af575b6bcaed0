package org.fedbiot.cli.experiment.cost;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * What holding a budget equal came to.
 *
 * @param budget what is held equal
 * @param changes settings to set over the row's own; empty where these do already
 * @param wanted what the reference spends
 * @param reached what the row spends with the changes, all its parts together
 */
public record Balance(Budget budget, Map<String, String> changes, double wanted, double reached) {

    public Balance {
        Objects.requireNonNull(budget, "budget");
        changes = Map.copyOf(changes);
    }

    /** Share of the reference's that the row spends too much, or, below 0, too little: whole steps and rounds. */
    public double excess() {
        return reached / wanted - 1;
    }

    /** For people. */
    public String text() {
        String how = changes.isEmpty() ? "as it is" : budget.key() + " " + changes.get(budget.key());
        return String.format(Locale.ROOT, "%s, %.4g of %.4g %s (%+.2f %%)", how, reached, wanted, budget.unit(),
                100 * excess());
    }
}
