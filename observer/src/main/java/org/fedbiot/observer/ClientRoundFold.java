package org.fedbiot.observer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fedbiot.schemas.event.ClientProgressed;
import org.fedbiot.schemas.event.ClientReported;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateRejected;

/** Facts about a client in a round. Each is told by one topic only, so topics may be read in any order. */
final class ClientRoundFold {

    private final String clientId;
    // From the decision log.
    private long calledMillis;
    private UpdateAcceptedFacts accepted;
    private Verdict lost;
    private String lostReason = "";
    private double weight;
    private boolean counted;
    // From the aggregator's verdicts.
    /** By reason, the newest last. */
    private final Map<RejectReason, ClientRoundPicture.Refusal> refusals = new LinkedHashMap<>();
    // From presence.
    private ClientRoundPicture.Progress progress = ClientRoundPicture.Progress.NONE;
    private long lastSignMillis;
    private long progressMillis;
    private long longestGapMillis;
    private ClientReportedFacts report;

    private record UpdateAcceptedFacts(long atMillis, int datasetSamples, int processedSamples, double norm,
            double meanLoss, double firstLoss, double lastLoss) {
    }

    private record ClientReportedFacts(long up, long down, long bootstrap, long trainingMillis, boolean newAdapter,
            boolean newEmulator) {
    }

    ClientRoundFold(String clientId) {
        this.clientId = clientId;
    }

    void called(long atMillis) {
        calledMillis = calledMillis == 0 ? atMillis : calledMillis;
        // Called again, it has another chance.
        lost = null;
        lostReason = "";
    }

    void accepted(UpdateAccepted event, long atMillis) {
        accepted = new UpdateAcceptedFacts(atMillis, event.getDatasetSamples(), event.getProcessedSamples(),
                event.getNorm(), event.getMeanLoss(), event.getFirstLoss(), event.getLastLoss());
    }

    void counted(double asWeight) {
        counted = true;
        weight = asWeight;
    }

    void lost(Verdict verdict, String reason) {
        lost = verdict;
        lostReason = reason;
    }

    void left(String reason) {
        if (lost == null && accepted == null) {
            lost(Verdict.LEFT, reason);
        }
    }

    void back() {
        if (lost == Verdict.LEFT) {
            lost(null, "");
        }
    }

    /** What screening said, whether or not the coordinator made anything of it. */
    void refused(UpdateRejected event, long atMillis) {
        if (event.getReason() != RejectReason.LATE) {
            ClientRoundPicture.Refusal before = refusals.remove(event.getReason());
            refusals.put(event.getReason(), new ClientRoundPicture.Refusal(atMillis, event.getReason(),
                    event.getDetail(), before == null ? 1 : before.count() + 1));
        }
    }

    void progressed(ClientProgressed event, long atMillis) {
        progress = new ClientRoundPicture.Progress(event.getStep(), event.getSteps(), event.getLoss(),
                event.getShardsSent(), event.getShards());
        longestGapMillis = progressMillis == 0 ? 0 : Math.max(longestGapMillis, atMillis - progressMillis);
        progressMillis = atMillis;
        sign(atMillis);
    }

    /** Versions are new to a client by what it stood on in the round before; done again, a round keeps its answer. */
    void reported(ClientReported event, boolean newAdapter, boolean newEmulator, long atMillis) {
        report = new ClientReportedFacts(event.getBytesUp(), event.getBytesDown(), event.getBootstrapBytes(),
                event.getTrainingMillis(), report == null ? newAdapter : report.newAdapter(),
                report == null ? newEmulator : report.newEmulator());
        sign(atMillis);
    }

    void sign(long atMillis) {
        lastSignMillis = Math.max(lastSignMillis, atMillis);
    }

    double weight() {
        return weight;
    }

    double meanLoss() {
        return accepted == null ? Double.NaN : accepted.meanLoss();
    }

    /** Whether the decision log or a verdict names it; a client's word alone does not put it into a round. */
    boolean isKnown() {
        return calledMillis > 0 || accepted != null || lost != null || !refusals.isEmpty();
    }

    /** @param over whether nothing can come any more that would count */
    ClientRoundPicture picture(Optional<SpecSummary> spec, boolean over) {
        Verdict verdict = verdict(over);
        return new ClientRoundPicture(clientId, calledMillis > 0, verdict, reason(verdict), calledMillis, progress,
                lastSignMillis, longestGapMillis, Optional.ofNullable(accepted).map(this::update),
                List.copyOf(refusals.values()), Optional.ofNullable(report).map(facts -> report(facts, spec)));
    }

    private Verdict verdict(boolean over) {
        if (accepted != null) {
            return counted ? Verdict.COUNTED : Verdict.ACCEPTED;
        }
        if (lost != null && lost != Verdict.LEFT) {
            return lost;
        }
        if (!refusals.isEmpty()) {
            return Verdict.REJECTED;
        }
        if (lost == Verdict.LEFT) {
            return Verdict.LEFT;
        }
        if (over) {
            return Verdict.MISSING;
        }
        if (progress.shardsSent() > 0) {
            return Verdict.SENDING;
        }
        return progress.steps() > 0 ? Verdict.TRAINING : Verdict.CALLED;
    }

    private String reason(Verdict verdict) {
        if (verdict == Verdict.REJECTED && lost != Verdict.REJECTED) {
            return refusals.values().stream().reduce((earlier, later) -> later)
                    .map(said -> said.reason() + ": " + said.detail()).orElse("");
        }
        return lostReason;
    }

    private ClientRoundPicture.UpdatePicture update(UpdateAcceptedFacts facts) {
        return new ClientRoundPicture.UpdatePicture(facts.atMillis(), facts.datasetSamples(),
                facts.processedSamples(), facts.norm(), facts.meanLoss(), facts.firstLoss(), facts.lastLoss(), weight);
    }

    private static ClientRoundPicture.ReportPicture report(ClientReportedFacts facts, Optional<SpecSummary> spec) {
        long adapter = spec.map(SpecSummary::adapterBytes).orElse(0L);
        long emulator = spec.map(SpecSummary::emulatorBytes).orElse(0L);
        return new ClientRoundPicture.ReportPicture(facts.up(), facts.down(), adapter,
                (facts.newAdapter() ? adapter : 0) + (facts.newEmulator() ? emulator : 0), facts.bootstrap(),
                facts.trainingMillis());
    }
}
