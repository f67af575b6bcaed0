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
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.ForkPoint;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.worker.server.OriginMoments;
import org.fedbiot.worker.version.PayloadMissingException;

/** The spec of a fork, from its origin as the log knows it, and whether the log has all that it goes on from. */
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

    /**
     * Found now, not when a worker takes the fork's first task.
     *
     * @throws UserError if the fork is to go on from what its origin's server optimiser kept, and the log has not got it
     * @throws InterruptedException if the thread is interrupted while it reads
     */
    static void requireServerMoments(KafkaSettings kafka, Run origin, RunSpec spec) throws InterruptedException {
        try (OriginMoments moments = new OriginMoments(kafka, "fedbiot-cli")) {
            moments.read(origin.id(), spec.getFork(), spec.getRunId(), spec.getAggregation(),
                    origin.versions().orElseThrow().adapterElements());
        } catch (PayloadMissingException e) {
            throw new UserError("--at-round " + spec.getFork().getRound() + ": " + e.getMessage(), e);
        }
    }
}
