package org.fedbiot.worker.server;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.fedbiot.learning.method.EvaluatedModel;
import org.fedbiot.learning.method.Score;
import org.fedbiot.schemas.event.EvaluationResult;
import org.fedbiot.schemas.event.ModelScore;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.worker.ComputeGate;
import org.fedbiot.worker.version.FactorVersions;

/** Scores the four models on the owner's evaluation set (fedbiot-method 1.7). */
final class Scoring implements ServerTask {

    private static final Set<EvaluatedModel> RAW =
            EnumSet.of(EvaluatedModel.RAW_FULL, EvaluatedModel.RAW_COMPRESSED);

    private final OwnerEvaluation evaluation;
    private final FactorVersions versions;
    /** The raw models of the last run's spec: no version changes them, so they are scored once. */
    private RunSpec rawSpec;
    private Map<EvaluatedModel, Score> raw = Map.of();

    Scoring(FullModels models, FactorVersions versions, ServerTexts texts, ComputeGate gate) {
        this.evaluation = new OwnerEvaluation(models, texts, gate);
        this.versions = Objects.requireNonNull(versions, "versions");
    }

    @Override
    public void run(ServerTaskAssigned task, ServerTaskCompleted.Builder result, TaskReport report)
            throws InterruptedException {
        RunSpec spec = task.getSpec();
        report.begin("load");
        float[] adapter = versions.adapter(task.getRunId(), task.getAdapterVersion(), task.getAdapterSha256()).value();
        float[] emulator =
                versions.emulator(task.getRunId(), task.getEmulatorVersion(), task.getEmulatorSha256()).value();
        Map<EvaluatedModel, Score> scores = new EnumMap<>(EvaluatedModel.class);
        Set<EvaluatedModel> wanted = EnumSet.allOf(EvaluatedModel.class);
        if (spec.equals(rawSpec)) {
            scores.putAll(raw);
            wanted.removeAll(RAW);
        }
        scores.putAll(evaluation.run(spec, wanted, new OwnerEvaluation.Versions(task.getAdapterVersion(), adapter,
                task.getEmulatorVersion(), Optional.of(emulator)), report::phase));
        rawSpec = spec;
        raw = new EnumMap<>(scores);
        raw.keySet().retainAll(RAW);
        result.setEvaluation(EvaluationResult.newBuilder().setAdapterVersion(task.getAdapterVersion())
                .setEmulatorVersion(task.getEmulatorVersion()).setScores(events(scores)).build());
    }

    private static List<ModelScore> events(Map<EvaluatedModel, Score> scores) {
        List<ModelScore> events = new ArrayList<>();
        scores.forEach((model, score) -> events.add(ModelScore.newBuilder()
                .setModel(org.fedbiot.schemas.event.EvaluatedModel.valueOf(model.name())).setNll(score.nll())
                .setPerplexity(score.perplexity())
                .setExactMatch(score.exactMatchRecords() == 0 ? -1 : score.exactMatch())
                .setRecords(score.records()).setExactMatchRecords(score.exactMatchRecords())
                .setTokens(score.tokens()).setParses(score.parses()).setParsesRecords(score.parsesRecords()).build()));
        return events;
    }
}
