package org.fedbiot.worker.server;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.fedbiot.learning.method.EvaluatedModel;
import org.fedbiot.learning.method.Evaluation;
import org.fedbiot.learning.method.EvaluationSet;
import org.fedbiot.learning.method.EvaluationTask;
import org.fedbiot.learning.method.Score;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.schemas.event.EvaluationResult;
import org.fedbiot.schemas.event.ModelScore;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.worker.ComputeGate;
import org.fedbiot.worker.MethodOptions;
import org.fedbiot.worker.version.FactorVersions;

/** Scores the four models on the owner's evaluation set (fedbiot-method 1.7). */
final class Scoring implements ServerTask {

    private static final Set<EvaluatedModel> RAW =
            EnumSet.of(EvaluatedModel.RAW_FULL, EvaluatedModel.RAW_COMPRESSED);

    private final FullModels models;
    private final FactorVersions versions;
    private final ServerTexts texts;
    private final ComputeGate gate;
    /** The raw models of the last run's spec: no version changes them, so they are scored once. */
    private RunSpec rawSpec;
    private Map<EvaluatedModel, Score> raw = Map.of();

    Scoring(FullModels models, FactorVersions versions, ServerTexts texts, ComputeGate gate) {
        this.models = Objects.requireNonNull(models, "models");
        this.versions = Objects.requireNonNull(versions, "versions");
        this.texts = Objects.requireNonNull(texts, "texts");
        this.gate = Objects.requireNonNull(gate, "gate");
    }

    @Override
    public void run(ServerTaskAssigned task, ServerTaskCompleted.Builder result, TaskReport report)
            throws InterruptedException {
        RunSpec spec = task.getSpec();
        report.begin("load");
        try (RunModel model = RunModel.of(models.get(spec.getModel()), spec)) {
            FactorVector adapter = model.adapter(versions.adapter(task.getRunId(), task.getAdapterVersion(),
                    task.getAdapterSha256()).value());
            FactorVector emulator = model.emulator(versions.emulator(task.getRunId(), task.getEmulatorVersion(),
                    task.getEmulatorSha256()).value());
            EvaluationSet set = texts.evaluation(spec, model.full().tokenizer());
            Map<EvaluatedModel, Score> scores = new EnumMap<>(EvaluatedModel.class);
            try (ComputeGate.Lease lease = gate.acquire(spec.getResources().getServerThreads())) {
                Evaluation evaluation = new Evaluation(model.split(), model.lora(),
                        MethodOptions.evaluation(spec.getEvaluation()));
                Set<EvaluatedModel> wanted = EnumSet.allOf(EvaluatedModel.class);
                if (spec.equals(rawSpec)) {
                    scores.putAll(raw);
                    wanted.removeAll(RAW);
                }
                scores.putAll(evaluation.run(new EvaluationTask(task.getRunId(), task.getAdapterVersion(),
                        task.getEmulatorVersion(), spec.getSeed(), wanted, adapter, emulator), set,
                        report.phase("evaluate", lease), report.phase("generate", lease)));
            }
            rawSpec = spec;
            raw = new EnumMap<>(scores);
            raw.keySet().retainAll(RAW);
            result.setEvaluation(EvaluationResult.newBuilder().setAdapterVersion(task.getAdapterVersion())
                    .setEmulatorVersion(task.getEmulatorVersion()).setScores(events(scores)).build());
        }
    }

    private static List<ModelScore> events(Map<EvaluatedModel, Score> scores) {
        List<ModelScore> events = new ArrayList<>();
        scores.forEach((model, score) -> events.add(ModelScore.newBuilder()
                .setModel(org.fedbiot.schemas.event.EvaluatedModel.valueOf(model.name())).setNll(score.nll())
                .setPerplexity(score.perplexity())
                .setExactMatch(score.exactMatchRecords() == 0 ? -1 : score.exactMatch())
                .setRecords(score.records()).setExactMatchRecords(score.exactMatchRecords())
                .setTokens(score.tokens()).build()));
        return events;
    }
}
