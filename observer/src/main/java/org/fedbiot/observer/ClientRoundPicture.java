package org.fedbiot.observer;

import java.util.List;
import java.util.Optional;
import org.fedbiot.schemas.event.RejectReason;

/**
 * A client in a round.
 *
 * @param called whether the round called it; an update may come from one that was not
 * @param verdict what has become of it
 * @param reason why, for a verdict that needs one; else empty
 * @param lastSignMillis when it last said anything about this round
 * @param longestGapMillis between two signs of progress: how long it may be silent without being stuck
 * @param update what screening took down of its update; empty unless it passed
 * @param refusals by screening, one for each reason, the newest last, of whatever came under this client's name; a
 *     refused record may be a forged one, so a client whose update counts may have some too
 * @param report what the round cost it; empty until it says so
 */
public record ClientRoundPicture(
        String clientId,
        boolean called,
        Verdict verdict,
        String reason,
        long calledMillis,
        Progress progress,
        long lastSignMillis,
        long longestGapMillis,
        Optional<UpdatePicture> update,
        List<Refusal> refusals,
        Optional<ReportPicture> report) {

    public ClientRoundPicture {
        refusals = List.copyOf(refusals);
    }

    public Optional<Refusal> newestRefusal() {
        return refusals.isEmpty() ? Optional.empty() : Optional.of(refusals.get(refusals.size() - 1));
    }

    /**
     * @param steps 0 before the first sign
     * @param loss of the newest step, NaN before the first
     * @param shards of the update, 0 before it is sent
     */
    public record Progress(int step, int steps, double loss, int shardsSent, int shards) {

        static final Progress NONE = new Progress(0, 0, Double.NaN, 0, 0);
    }

    /**
     * @param weight in the round's aggregation, not normalised; 0 while the round is not closed
     * @param norm Frobenius
     */
    public record UpdatePicture(long acceptedMillis, int datasetSamples, int processedSamples, double norm,
            double meanLoss, double firstLoss, double lastLoss, double weight) {
    }

    /**
     * For one reason.
     *
     * @param atMillis of the newest
     * @param detail of the newest
     * @param count refusals so far
     */
    public record Refusal(long atMillis, RejectReason reason, String detail, int count) {
    }

    /** @param wholeDown what the versions that were new to it would have weighed as whole layers */
    public record ReportPicture(long bytesUp, long bytesDown, long wholeUp, long wholeDown, long bootstrapBytes,
            long trainingMillis) {
    }
}
