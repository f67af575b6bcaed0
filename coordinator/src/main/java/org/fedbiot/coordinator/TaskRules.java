package org.fedbiot.coordinator;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AlignmentResult;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.ServerTaskFailed;
import org.fedbiot.schemas.integrity.ShardPlan;

/** What comes of server tasks. */
final class TaskRules {

    private TaskRules() {
    }

    static Decisions completed(Decisions decisions, ServerTaskCompleted event) {
        String runId = event.getRunId();
        Optional<Run> run = waiting(decisions, runId, event.getTaskId());
        if (run.isEmpty()) {
            return decisions;
        }
        Optional<String> problem = problem(run.get(), event);
        if (problem.isPresent()) {
            return Flow.fail(decisions, runId, "task " + event.getTaskId() + " by worker " + event.getWorker() + ": "
                    + problem.get());
        }
        decisions.decide(event);
        return switch (event.getKind()) {
            case COMPRESS -> Flow.afterAdapter(decisions, runId);
            case ALIGN -> Flow.openRound(decisions, runId);
            case EVALUATE -> Flow.afterEvaluation(decisions, runId);
            default -> Flow.endWhenScored(decisions, runId);
        };
    }

    static Decisions failed(Decisions decisions, ServerTaskFailed event) {
        if (waiting(decisions, event.getRunId(), event.getTaskId()).isEmpty()) {
            return decisions;
        }
        return Flow.fail(decisions.decide(event), event.getRunId(),
                "task " + event.getTaskId() + " by worker " + event.getWorker() + ": " + event.getReason());
    }

    private static Optional<Run> waiting(Decisions decisions, String runId, String taskId) {
        return decisions.state().run(runId).filter(run -> run.phase().taskId().filter(taskId::equals).isPresent());
    }

    private static Optional<String> problem(Run run, ServerTaskCompleted event) {
        boolean kindFits = event.getTaskId().startsWith(event.getKind().name().toLowerCase(Locale.ROOT));
        if (!kindFits) {
            return Optional.of("result of kind " + event.getKind());
        }
        return switch (event.getKind()) {
            case COMPRESS -> event.getCompression() == null
                    ? Optional.of("no compression result") : cutProblem(run, event);
            case ALIGN -> emulatorProblem(event.getAlignment(),
                    run.versions().orElseThrow().emulatorVersion() + 1);
            case EVALUATE -> evaluationProblem(run.versions().orElseThrow(), event);
            default -> event.getExport() == null ? Optional.of("no export result") : Optional.empty();
        };
    }

    private static Optional<String> cutProblem(Run run, ServerTaskCompleted event) {
        String asked = run.spec().getModel().getSha256();
        String cut = event.getCompression().getModelSha256();
        if (!Objects.equals(asked, cut)) {
            return Optional.of("it cut model " + cut + ", the run is for model.sha256 " + asked);
        }
        int elements = event.getCompression().getAdapterElements();
        if (elements < 1) {
            return Optional.of("an adapter of " + elements + " elements");
        }
        Optional<Integer> published = run.in(Phase.Compressing.class).flatMap(Phase.Compressing::initial)
                .map(AdapterPublished::getElements).filter(there -> there != elements);
        int shards = event.getCompression().getAdapterShards();
        int planned = new ShardPlan(elements, run.spec().getAggregation().getShardBytes()).shards();
        return published.map(there -> "adapter version 0 has " + there + " elements, its cut says " + elements)
                .or(() -> shards == planned ? Optional.empty() : Optional.of(shards + " adapter shards, not the "
                        + planned + " of " + elements + " elements by aggregation.shardBytes"))
                .or(() -> emulatorProblem(event.getAlignment(), 0));
    }

    private static Optional<String> emulatorProblem(AlignmentResult alignment, int expected) {
        if (alignment == null) {
            return Optional.of("no alignment result");
        }
        return alignment.getEmulatorVersion() == expected ? Optional.empty()
                : Optional.of("emulator version " + alignment.getEmulatorVersion() + ", not " + expected);
    }

    private static Optional<String> evaluationProblem(ModelVersions versions, ServerTaskCompleted event) {
        if (event.getEvaluation() == null) {
            return Optional.of("no evaluation result");
        }
        int adapter = event.getEvaluation().getAdapterVersion();
        int emulator = event.getEvaluation().getEmulatorVersion();
        return adapter == versions.adapterVersion() && emulator == versions.emulatorVersion() ? Optional.empty()
                : Optional.of("scores of adapter " + adapter + " and emulator " + emulator + ", asked for "
                        + versions.adapterVersion() + " and " + versions.emulatorVersion());
    }
}
