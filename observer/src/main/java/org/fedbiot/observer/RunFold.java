package org.fedbiot.observer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AlignmentResult;
import org.fedbiot.schemas.event.ClientEvaluated;
import org.fedbiot.schemas.event.ClientReported;
import org.fedbiot.schemas.event.CompressionResult;
import org.fedbiot.schemas.event.EvaluationOpened;
import org.fedbiot.schemas.event.EvaluationResult;
import org.fedbiot.schemas.event.ExportResult;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunAccepted;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.event.RunRefused;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.ServerTaskCompleted;

/**
 * Facts about a run. Those that say where it stands all come from the decision log, in its order; what other topics
 * tell of rounds and tasks lies beside them.
 */
final class RunFold {

    private static final long NOT_DECIDED = Long.MAX_VALUE;

    private final String runId;
    private final TreeMap<Integer, RoundFold> rounds = new TreeMap<>();
    private final TreeMap<String, TaskFold> tasks = new TreeMap<>();
    private final TreeMap<Integer, AlignmentPicture> alignments = new TreeMap<>();
    private final List<EvaluationPicture> evaluations = new ArrayList<>();
    private final Map<String, Standing> standings = new HashMap<>();
    // From the command topic.
    private SpecSummary submitted;
    private long submittedMillis;
    private long submittedOffset = -1;
    // From the decision log.
    private SpecSummary accepted;
    private long decidedOffset = NOT_DECIDED;
    private long acceptedMillis;
    private RunPicture.Exposure exposure = new RunPicture.Exposure(List.of(), 0);
    private RunPhase phase = RunPhase.SUBMITTED;
    private long phaseSinceMillis;
    private String reason = "";
    private RunEnded ended;
    private long endedMillis;
    private int adapterVersion = -1;
    private String adapterSha256 = "";
    private RunPicture.CutPicture cut;
    private RunPicture.ExportPicture export;
    private ScoringFold scoring;
    private String archiveSha256 = "";
    private int openRound;
    private RunPicture picture;

    /** What a client stood on in its newest round. */
    private record Standing(String adapterSha256, String emulatorSha256, long bootstrapBytes) {
    }

    RunFold(String runId) {
        this.runId = runId;
    }

    // The command topic.

    void submitted(RunSpec spec, long offset, long atMillis) {
        if (submitted == null) {
            submitted = SpecSummary.of(spec);
            submittedOffset = offset;
            submittedMillis = atMillis;
            invalidate();
        }
    }

    // The decision log.

    void accepted(RunAccepted event, long offset, long atMillis) {
        accepted = SpecSummary.of(event.getSpec());
        acceptedMillis = atMillis;
        decidedOffset = offset;
        reason = "";
        exposure = new RunPicture.Exposure(event.getExposedLayers(), event.getExposedShare());
        enter(RunPhase.COMPRESSING, atMillis);
        rounds.values().forEach(RoundFold::invalidate);
    }

    /** A second run under a taken id is refused too; the first goes on. */
    void refused(RunRefused event, long offset, long atMillis) {
        if (accepted == null) {
            decidedOffset = offset;
            reason = event.getReason();
            enter(RunPhase.REFUSED, atMillis);
        }
    }

    void ended(RunEnded event, long atMillis) {
        ended = event;
        endedMillis = atMillis;
        reason = event.getReason();
        openRound = 0;
        enter(RunPhase.ENDED, atMillis);
        rounds.values().forEach(RoundFold::invalidate);
    }

    void assigned(ServerTaskAssigned event, long offset, long atMillis) {
        task(event.getTaskId()).assigned(event, offset, atMillis);
        switch (event.getKind()) {
            case ALIGN -> enter(RunPhase.ALIGNING, atMillis);
            case EVALUATE -> enter(RunPhase.EVALUATING, atMillis);
            case EXPORT -> enter(RunPhase.EXPORTING, atMillis);
            default -> invalidate();
        }
    }

    void completed(ServerTaskCompleted event, long atMillis) {
        TaskFold task = task(event.getTaskId());
        task.completed(event, atMillis);
        CompressionResult cutResult = event.getCompression();
        if (cutResult != null) {
            cut = new RunPicture.CutPicture(cutResult.getBootstrapBytes(), cutResult.getHeldParameters(),
                    cutResult.getTotalParameters(), cutResult.getAdapterElements(), cutResult.getEmulatorElements());
        }
        AlignmentResult aligned = event.getAlignment();
        if (aligned != null) {
            alignments.put(aligned.getEmulatorVersion(), new AlignmentPicture(aligned.getEmulatorVersion(),
                    aligned.getAdapterVersion(), task.round(), atMillis, aligned.getSteps(),
                    AlignmentPicture.Losses.of(aligned.getBefore()), AlignmentPicture.Losses.of(aligned.getAfter())));
        }
        EvaluationResult scores = event.getEvaluation();
        if (scores != null) {
            evaluations.add(new EvaluationPicture(scores.getAdapterVersion(), scores.getEmulatorVersion(),
                    task.round(), atMillis, scores.getScores().stream().map(EvaluationPicture.Score::of).toList()));
        }
        ExportResult product = event.getExport();
        if (product != null) {
            export = new RunPicture.ExportPicture(product.getAdapterVersion(), product.getAdapterDirectory(),
                    product.getMergedDirectory());
        }
        switch (event.getKind()) {
            case COMPRESS -> begun(atMillis);
            case EXPORT -> enter(RunPhase.SCORING, atMillis);
            default -> enter(RunPhase.BETWEEN_ROUNDS, atMillis);
        }
    }

    void opened(RoundOpened event, long atMillis) {
        openRound = event.getRound();
        round(event.getRound()).opened(event, atMillis);
        if (phase != RunPhase.ROUND_OPEN) {
            enter(RunPhase.ROUND_OPEN, atMillis);
        }
    }

    void closed(RoundClosed event, long atMillis) {
        openRound = 0;
        round(event.getRound()).closed(event, atMillis);
        enter(RunPhase.FOLDING, atMillis);
    }

    void published(AdapterPublished event, long atMillis) {
        adapterVersion = event.getVersion();
        adapterSha256 = event.getSha256();
        if (event.getRound() > 0) {
            round(event.getRound()).published(event, atMillis);
            enter(RunPhase.BETWEEN_ROUNDS, atMillis);
        } else {
            begun(atMillis);
        }
    }

    /** The first round can be announced when both the cut and adapter version 0 are there. */
    private void begun(long atMillis) {
        if (cut != null && adapterVersion >= 0 && phase == RunPhase.COMPRESSING) {
            enter(RunPhase.BETWEEN_ROUNDS, atMillis);
        }
        invalidate();
    }

    void scoringOpened(EvaluationOpened event, long atMillis) {
        scoring = new ScoringFold(event, atMillis);
        invalidate();
    }

    void scored(ClientEvaluated event) {
        if (scoring != null) {
            scoring.scored(event);
            invalidate();
        }
    }

    void scoringFailed(String clientId, String why) {
        if (scoring != null) {
            scoring.failed(clientId, why);
            invalidate();
        }
    }

    void deleted(String inArchive) {
        archiveSha256 = inArchive;
        invalidate();
    }

    void left(String clientId, String why) {
        if (openRound > 0) {
            round(openRound).onKnown(clientId, client -> client.left(why));
        }
    }

    void joined(String clientId) {
        if (openRound > 0) {
            round(openRound).onKnown(clientId, ClientRoundFold::back);
        }
    }

    // Presence.

    void reported(ClientReported event, long atMillis) {
        Standing before = standings.get(event.getClientId());
        boolean newAdapter = before != null && !before.adapterSha256().equals(event.getAdapterSha256());
        boolean newEmulator = before != null && !before.emulatorSha256().equals(event.getEmulatorSha256());
        standings.put(event.getClientId(), new Standing(event.getAdapterSha256(), event.getEmulatorSha256(),
                Math.max(event.getBootstrapBytes(), before == null ? 0 : before.bootstrapBytes())));
        round(event.getRound()).on(event.getClientId(),
                client -> client.reported(event, newAdapter, newEmulator, atMillis));
    }

    /** For a change; where the topic's events may come before the decision that they belong to. */
    RoundFold round(int number) {
        invalidate();
        return rounds.computeIfAbsent(number, RoundFold::new);
    }

    /** For a change. */
    TaskFold task(String taskId) {
        invalidate();
        return tasks.computeIfAbsent(taskId, TaskFold::new);
    }

    private void enter(RunPhase next, long atMillis) {
        phase = next;
        phaseSinceMillis = atMillis;
        invalidate();
    }

    private void invalidate() {
        picture = null;
    }

    /** Whether an operator or the coordinator named it: other topics can name runs that never were. */
    boolean isKnown() {
        return submitted != null || decidedOffset != NOT_DECIDED;
    }

    static Comparator<RunFold> inOrder() {
        return Comparator.<RunFold>comparingLong(run -> run.decidedOffset)
                .thenComparingLong(run -> run.submittedOffset)
                .thenComparing(run -> run.runId);
    }

    RunPicture picture() {
        if (picture == null) {
            picture = build();
        }
        return picture;
    }

    private RunPicture build() {
        Optional<SpecSummary> spec = Optional.ofNullable(accepted == null ? submitted : accepted);
        List<RoundPicture> opened = rounds.values().stream().filter(RoundFold::isOpened)
                .map(round -> round.picture(spec, ended != null)).toList();
        Traffic bootstrap = new Traffic(0, 0, 0, 0,
                standings.values().stream().mapToLong(Standing::bootstrapBytes).sum());
        return new RunPicture(runId, phase, phase == RunPhase.SUBMITTED ? submittedMillis : phaseSinceMillis, spec,
                submittedMillis, acceptedMillis, endedMillis,
                ended == null ? RunOutcome.UNKNOWN : ended.getOutcome(), reason, adapterVersion, adapterSha256,
                Optional.ofNullable(cut), exposure, Optional.ofNullable(export), opened,
                tasks.values().stream().filter(TaskFold::isAssigned)
                        .sorted(Comparator.comparingLong(TaskFold::assignedOffset)).map(TaskFold::picture).toList(),
                List.copyOf(alignments.values()), evaluations,
                Optional.ofNullable(scoring).map(ScoringFold::picture),
                opened.stream().map(RoundPicture::traffic).reduce(bootstrap, Traffic::plus), archiveSha256);
    }
}
