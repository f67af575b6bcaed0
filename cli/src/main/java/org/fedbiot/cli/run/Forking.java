package org.fedbiot.cli.run;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.settings.ForkSettings;
import org.fedbiot.coordinator.ForkRules;
import org.fedbiot.coordinator.RoundStart;
import org.fedbiot.coordinator.Run;
import org.fedbiot.schemas.event.ForkPoint;
import org.fedbiot.schemas.event.RunSpec;

/** The spec of a fork, from its origin as the log knows it. */
final class Forking {

    private static final String ROUNDS = "federation.rounds";

    private Forking() {
    }

    /**
     * @param round of the origin, from 1; one more than its rounds for its end
     * @param set the fork's own settings; {@code federation.rounds} are how many it has itself, by default as many as
     *     the origin had left
     * @throws UserError if the origin never opened that round, or a key cannot be set
     */
    static RunSpec spec(Run origin, int round, String runId, Map<String, String> set) {
        ForkPoint point = ForkRules.at(origin, round).orElseThrow(() -> new UserError("--at-round " + round + ": run "
                + origin.id() + " opened rounds " + origin.history().starts().stream().map(RoundStart::round)
                        .collect(Collectors.toCollection(TreeSet::new)) + (origin.isEnded()
                        ? "; one more than its " + origin.spec().getFederation().getRounds()
                                + " stands for its end if it completed" : "")));
        int left = origin.spec().getFederation().getRounds() - round + 1;
        Map<String, String> changes = new HashMap<>(set);
        if (!changes.containsKey(ROUNDS)) {
            if (left < 1) {
                throw new UserError("--at-round " + round + ": run " + origin.id() + " has no rounds left there; say how"
                        + " many more with --set " + ROUNDS + "=N");
            }
            changes.put(ROUNDS, Integer.toString(left));
        }
        return RunSpec.newBuilder(ForkSettings.apply(origin.spec(), changes))
                .setRunId(runId).setOriginRunId(origin.id()).setFork(point).build();
    }
}
