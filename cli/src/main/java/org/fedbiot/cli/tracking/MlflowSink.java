package org.fedbiot.cli.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.fedbiot.observer.RunPicture;
import org.fedbiot.observer.SpecSummary;
import org.fedbiot.schemas.event.RunOutcome;

/**
 * A run's numbers as a run of MLflow, which is found again by its tag. What MLflow has of a name and a step is asked
 * once and never sent again, so that a restart doubles nothing.
 */
final class MlflowSink implements TrackingSink {

    private static final String RUN_TAG = "fedbiot.run";
    /** The most that MLflow takes in one call. */
    private static final int BATCH = 1_000;
    private static final int PAGE = 10_000;

    private final MlflowApi api;
    private final String experiment;
    private final String runId;
    private final Set<TrackedPoint.Id> there = new HashSet<>();
    private Optional<String> mlflowRun = Optional.empty();
    private boolean ended;

    MlflowSink(MlflowApi api, String experiment, String runId) {
        this.api = api;
        this.experiment = experiment;
        this.runId = runId;
    }

    @Override
    public void bringUpTo(RunPicture run) {
        if (mlflowRun.isEmpty()) {
            mlflowRun = Optional.of(open(run));
        }
        List<TrackedPoint> fresh = RunPoints.of(run).stream().filter(point -> !there.contains(point.id())).toList();
        for (int from = 0; from < fresh.size(); from += BATCH) {
            send(fresh.subList(from, Math.min(fresh.size(), from + BATCH)));
        }
        if (run.isOver() && !ended) {
            api.post("runs/update", MlflowApi.body().put("run_id", mlflowRun.orElseThrow())
                    .put("status", status(run.outcome())).put("end_time", run.endedMillis()));
            ended = true;
        }
    }

    @Override
    public String location() {
        return api.server() + ", experiment " + experiment;
    }

    private String open(RunPicture run) {
        String experimentId = api.get("experiments/get-by-name", Map.of("experiment_name", experiment))
                .map(found -> found.path("experiment").path("experiment_id").asText())
                .orElseGet(() -> api.post("experiments/create", MlflowApi.body().put("name", experiment))
                        .path("experiment_id").asText());
        ObjectNode search = MlflowApi.body().put("filter", "tags.`" + RUN_TAG + "` = '" + runId + "'")
                .put("max_results", 1);
        search.putArray("experiment_ids").add(experimentId);
        JsonNode known = api.post("runs/search", search).path("runs").path(0);
        if (known.isMissingNode()) {
            return create(experimentId, run);
        }
        String id = known.path("info").path("run_id").asText();
        known.path("data").path("metrics").forEach(metric -> recall(id, metric.path("key").asText()));
        return id;
    }

    private String create(String experimentId, RunPicture run) {
        ObjectNode request = MlflowApi.body().put("experiment_id", experimentId).put("run_name", runId)
                .put("start_time", run.acceptedMillis());
        request.putArray("tags").addObject().put("key", RUN_TAG).put("value", runId);
        String id = api.post("runs/create", request).path("run").path("info").path("run_id").asText();
        ObjectNode batch = MlflowApi.body().put("run_id", id);
        ArrayNode parameters = batch.putArray("params");
        run.spec().ifPresent(spec -> parameters(spec).forEach((key, value) ->
                parameters.addObject().put("key", key).put("value", value)));
        api.post("runs/log-batch", batch);
        return id;
    }

    private void recall(String id, String tag) {
        Map<String, String> request = new HashMap<>(Map.of("run_id", id, "metric_key", tag, "max_results",
                Integer.toString(PAGE)));
        String next;
        do {
            JsonNode page = api.get("metrics/get-history", request).orElseGet(MlflowApi::body);
            page.path("metrics").forEach(metric -> there.add(new TrackedPoint.Id(tag, metric.path("step").asInt())));
            next = page.path("next_page_token").asText("");
            request.put("page_token", next);
        } while (!next.isEmpty());
    }

    private void send(List<TrackedPoint> points) {
        ObjectNode batch = MlflowApi.body().put("run_id", mlflowRun.orElseThrow());
        ArrayNode metrics = batch.putArray("metrics");
        points.forEach(point -> metrics.addObject().put("key", point.tag()).put("value", point.value())
                .put("timestamp", point.atMillis()).put("step", point.step()));
        api.post("runs/log-batch", batch);
        points.forEach(point -> there.add(point.id()));
    }

    private static Map<String, String> parameters(SpecSummary spec) {
        return Map.ofEntries(
                Map.entry("model.name", spec.model()),
                Map.entry("model.layers", Integer.toString(spec.layers())),
                Map.entry("split.adapterLayers", spec.adapterLayers().toString()),
                Map.entry("split.keptLayers", spec.keptLayers().toString()),
                Map.entry("lora.rank", Integer.toString(spec.loraRank())),
                Map.entry("lora.alpha", Double.toString(spec.loraAlpha())),
                Map.entry("lora.targets", spec.loraTargets().toString()),
                Map.entry("training.steps", Integer.toString(spec.steps())),
                Map.entry("training.learningRate", Double.toString(spec.learningRate())),
                Map.entry("alignment.steps", Integer.toString(spec.alignmentSteps())),
                Map.entry("federation.rounds", Integer.toString(spec.rounds())),
                Map.entry("federation.clients", Integer.toString(spec.clients().size())),
                Map.entry("federation.quorum", Integer.toString(spec.quorum())),
                Map.entry("aggregation.rule", spec.rule().name()),
                Map.entry("seed", Long.toString(spec.seed())));
    }

    private static String status(RunOutcome outcome) {
        return switch (outcome) {
            case COMPLETED -> "FINISHED";
            case CANCELLED -> "KILLED";
            default -> "FAILED";
        };
    }
}
