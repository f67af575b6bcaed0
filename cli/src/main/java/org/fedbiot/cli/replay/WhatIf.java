package org.fedbiot.cli.replay;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.avro.Schema;
import org.fedbiot.cli.UserError;
import org.fedbiot.coordinator.RoundClosing;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.integrity.Sha256;

/**
 * A question: what would a run's updates have given under another rule, or without some of its clients?
 *
 * @param runId of the answer's versions
 * @param originRunId whose updates they are
 * @param aggregation the rule that is asked about
 * @param changed what of it is not as the run had it, by key
 * @param without clients left out in every round
 */
record WhatIf(
        String runId,
        String originRunId,
        AggregationSettings aggregation,
        SortedMap<String, String> changed,
        SortedSet<String> without) {

    /** What its versions are, wherever they are shown: clients trained on the original's versions, not on these. */
    static final String LABEL = "same updates, not retrained";

    private static final int MAX_ID = 63;
    private static final int HASH_DIGITS = 8;

    WhatIf {
        if (!runId.matches("[a-z0-9][a-z0-9-]{0," + (MAX_ID - 1) + "}")) {
            throw new UserError("run id '" + runId + "' is not 1 to " + MAX_ID
                    + " lower-case letters, digits and hyphens; name one with --run-id");
        }
        if (runId.equals(originRunId)) {
            throw new UserError("--run-id " + runId + " is the run that is replayed; choose another");
        }
        Objects.requireNonNull(aggregation, "aggregation");
        changed = new TreeMap<>(changed);
        without = new TreeSet<>(without);
    }

    /**
     * The question of what differs from the run, under the id that follows from it: asked again, also by a release that
     * knows more settings, it is the same.
     */
    static WhatIf of(RunSpec origin, AggregationSettings aggregation, SortedSet<String> without) {
        SortedMap<String, String> changed = new TreeMap<>();
        for (Schema.Field field : aggregation.getSchema().getFields()) {
            Object asked = aggregation.get(field.pos());
            if (!asked.equals(origin.getAggregation().get(field.pos()))) {
                changed.put(field.name(), asked.toString());
            }
        }
        String question = "fedbiot.what-if/1/" + origin.getRunId() + "/" + String.join(",", without) + "/" + changed;
        String hash = Sha256.of(question.getBytes(StandardCharsets.UTF_8));
        return new WhatIf(origin.getRunId() + "-what-if-" + hash.substring(0, HASH_DIGITS), origin.getRunId(),
                aggregation, changed, without);
    }

    /** The same question under another id. */
    WhatIf named(String id) {
        return new WhatIf(id, originRunId, aggregation, changed, without);
    }

    /**
     * The close that the round would have had.
     *
     * @param baseSha256 of the version that this question's updates are folded onto
     * @throws UserError if no update would be left in the round
     */
    RoundClosed close(RoundHistory round, String baseSha256) {
        RoundClosed close = round.closed().event();
        List<CountedUpdate> counted = close.getCounted().stream()
                .filter(update -> !without.contains(update.getClientId()))
                .filter(update -> isWithinBound(round.accepted().get(update.getClientId())))
                .map(update -> CountedUpdate.newBuilder(update)
                        .setWeight(RoundClosing.weight(round.accepted().get(update.getClientId()),
                                aggregation.getWeights()))
                        .build())
                .toList();
        if (counted.isEmpty()) {
            throw new UserError("round " + round.number() + " of run " + originRunId + " has no update left: of "
                    + close.getCounted().stream().map(CountedUpdate::getClientId).toList() + " it leaves out "
                    + without + boundText());
        }
        return RoundClosed.newBuilder(close)
                .setRunId(runId)
                .setAdapterSha256(baseSha256)
                .setAggregation(aggregation)
                .setCounted(counted)
                .build();
    }

    private boolean isWithinBound(UpdateAccepted update) {
        return aggregation.getMaxUpdateNorm() == 0 || update.getNorm() <= aggregation.getMaxUpdateNorm();
    }

    private String boundText() {
        return aggregation.getMaxUpdateNorm() == 0 ? ""
                : " and every norm over aggregation.maxUpdateNorm " + aggregation.getMaxUpdateNorm();
    }
}
