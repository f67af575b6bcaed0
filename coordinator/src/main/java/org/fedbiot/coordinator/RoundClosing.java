package org.fedbiot.coordinator;

import java.util.List;
import org.fedbiot.schemas.event.CloseReason;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateWeights;

/** The close of a round: a function of the set of accepted updates, whatever order they came in. */
public final class RoundClosing {

    private RoundClosing() {
    }

    /** The close of a round in its state at that moment. */
    public static RoundClosed of(Phase.RoundOpen round, CloseReason reason) {
        RoundOpened opened = round.opened();
        UpdateWeights weights = opened.getAggregation().getWeights();
        List<CountedUpdate> counted = round.accepted().values().stream()
                .map(update -> new CountedUpdate(update.getClientId(), update.getUpdateSha256(),
                        update.getShardSha256(), weight(update, weights)))
                .toList();
        return RoundClosed.newBuilder()
                .setRunId(opened.getRunId())
                .setRound(opened.getRound())
                .setAdapterVersion(opened.getAdapterVersion())
                .setAdapterSha256(opened.getAdapterSha256())
                .setNewAdapterVersion(opened.getRound())
                .setAdapterElements(opened.getAdapterElements())
                .setAdapterShards(opened.getAdapterShards())
                .setAggregation(opened.getAggregation())
                .setReason(reason)
                .setCounted(counted)
                .setInheritsMoments(opened.getInheritsMoments())
                .build();
    }

    /** What an update weighs, unnormalised. */
    public static double weight(UpdateAccepted update, UpdateWeights weights) {
        return switch (weights) {
            case DATASET -> update.getDatasetSamples();
            case PROCESSED -> update.getProcessedSamples();
            case UNIFORM -> 1;
        };
    }
}
