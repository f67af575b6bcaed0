package org.fedbiot.cli.dashboard;

import static org.fedbiot.cli.dashboard.PageJson.array;
import static org.fedbiot.cli.dashboard.PageJson.integers;
import static org.fedbiot.cli.dashboard.PageJson.number;
import static org.fedbiot.cli.dashboard.PageJson.object;
import static org.fedbiot.cli.dashboard.PageJson.texts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fedbiot.observer.Attention;
import org.fedbiot.observer.ClientRoundPicture;
import org.fedbiot.observer.Headline;
import org.fedbiot.observer.Picture;
import org.fedbiot.observer.RoundPicture;
import org.fedbiot.observer.RunPicture;
import org.fedbiot.observer.ScoringPicture;
import org.fedbiot.observer.SpecSummary;
import org.fedbiot.observer.TaskPicture;
import org.fedbiot.observer.Traffic;

/** What the page shows of one run, in parts that change apart from each other; what grows is in {@link RunSeries}. */
final class RunParts {

    private static final int TASKS = 8;

    private RunParts() {
    }

    static Map<String, JsonNode> of(RunPicture run, Picture picture, long nowMillis) {
        Map<String, JsonNode> parts = new LinkedHashMap<>();
        parts.put("head", head(run));
        run.spec().ifPresent(spec -> parts.put("spec", spec(spec)));
        parts.put("findings", array(Attention.of(run, picture, nowMillis), OverviewParts::finding));
        parts.put("traffic", traffic(run.traffic()));
        parts.put("exposure", exposure(run));
        run.lastRound().filter(round -> !run.isOver())
                .ifPresent(round -> parts.put("current", round(run, round, nowMillis)));
        parts.put("tasks", array(run.tasks().subList(Math.max(0, run.tasks().size() - TASKS), run.tasks().size()),
                RunParts::task));
        run.scoring().ifPresent(scoring -> parts.put("scoring", scoring(scoring)));
        return parts;
    }

    private static ObjectNode head(RunPicture run) {
        ObjectNode node = object().put("id", run.runId()).put("phase", run.phase().name())
                .put("phaseSince", run.phaseSinceMillis()).put("outcome", run.outcome().name())
                .put("reason", run.reason()).put("over", run.isOver()).put("submitted", run.submittedMillis())
                .put("accepted", run.acceptedMillis()).put("ended", run.endedMillis())
                .put("done", run.roundsDone()).put("adapterVersion", run.adapterVersion())
                .put("adapterSha256", run.adapterSha256()).put("archive", run.archiveSha256());
        run.export().ifPresent(export -> node.set("export", object().put("version", export.adapterVersion())
                .put("adapter", export.adapterDirectory()).put("merged", export.mergedDirectory())));
        return node.set("headline", OverviewParts.headline(Headline.of(run)));
    }

    private static ObjectNode spec(SpecSummary spec) {
        ObjectNode node = object().put("model", spec.model()).put("dataType", spec.dataType().name())
                .put("layers", spec.layers()).put("rank", spec.loraRank()).put("alpha", spec.loraAlpha())
                .put("rounds", spec.rounds()).put("steps", spec.steps()).put("learningRate", spec.learningRate())
                .put("alignmentSteps", spec.alignmentSteps()).put("clientsPerRound", spec.clientsPerRound())
                .put("quorum", spec.quorum()).put("deadline", spec.deadlineMillis()).put("stall", spec.stallMillis())
                .put("rule", spec.rule().name()).put("maxUpdateNorm", spec.maxUpdateNorm()).put("seed", spec.seed())
                .put("origin", spec.originRunId()).put("adapterBytes", spec.adapterBytes())
                .put("emulatorBytes", spec.emulatorBytes());
        node.set("targets", texts(spec.loraTargets()));
        node.set("clients", texts(spec.clients()));
        node.set("keptLayers", integers(spec.keptLayers()));
        node.set("adapterLayers", integers(spec.adapterLayers()));
        return node;
    }

    static ObjectNode traffic(Traffic traffic) {
        return object().put("up", traffic.up()).put("down", traffic.down()).put("wholeUp", traffic.wholeUp())
                .put("wholeDown", traffic.wholeDown()).put("bootstrap", traffic.bootstrap());
    }

    private static ObjectNode exposure(RunPicture run) {
        ObjectNode node = object().put("share", run.exposure().share());
        node.set("layers", integers(run.exposure().layers()));
        run.cut().ifPresent(cut -> node.put("bootstrapBytes", cut.bootstrapBytes())
                .put("heldParameters", cut.heldParameters()).put("totalParameters", cut.totalParameters()));
        return node;
    }

    static JsonNode task(TaskPicture task) {
        return object().put("id", task.taskId()).put("kind", task.kind().name()).put("round", task.round())
                .put("state", task.state().name()).put("worker", task.worker()).put("assigned", task.assignedMillis())
                .put("phase", task.phase()).put("step", task.step()).put("steps", task.steps())
                .put("progress", task.progressMillis()).put("settled", task.settledMillis())
                .put("duration", task.durationMillis()).put("reason", task.reason());
    }

    /** A round client by client. */
    static ObjectNode round(RunPicture run, RoundPicture round, long nowMillis) {
        List<ClientRoundPicture> awaited = round.awaited();
        ObjectNode node = object().put("round", round.number()).put("open", round.isOpen())
                .put("attempt", round.attempt().attempt()).put("opened", round.openedMillis())
                .put("deadline", round.attempt().deadlineMillis())
                .put("extensions", round.attempt().extensions().size()).put("closed", round.closedMillis())
                .put("published", round.publishedMillis()).put("reason", round.closeReason().name())
                .put("quorum", round.quorum()).put("accepted", round.accepted()).put("margin", round.quorumMargin())
                .put("adapterVersion", round.adapterVersion()).put("emulatorVersion", round.emulatorVersion())
                .put("adapterSha256", round.adapterSha256());
        node.set("loss", number(round.trainingLoss()));
        node.set("traffic", traffic(round.traffic()));
        node.set("clients", array(round.clients(), client -> client(client, awaited.contains(client)
                && Attention.isStuck(run, round, client, nowMillis))));
        return node;
    }

    private static ObjectNode client(ClientRoundPicture client, boolean stuck) {
        ObjectNode node = object().put("id", client.clientId()).put("called", client.called())
                .put("verdict", client.verdict().name()).put("stuck", stuck).put("reason", client.reason())
                .put("step", client.progress().step()).put("steps", client.progress().steps())
                .put("shardsSent", client.progress().shardsSent()).put("shards", client.progress().shards())
                .put("lastSign", Attention.lastSign(client));
        node.set("stepLoss", number(client.progress().loss()));
        client.update().ifPresent(update -> {
            node.put("samples", update.datasetSamples()).put("processed", update.processedSamples());
            node.set("norm", number(update.norm()));
            node.set("loss", number(update.meanLoss()));
            node.set("firstLoss", number(update.firstLoss()));
            node.set("lastLoss", number(update.lastLoss()));
        });
        client.newestRefusal().ifPresent(newest -> node.put("refusals", client.refusals().stream()
                        .mapToInt(ClientRoundPicture.Refusal::count).sum())
                .put("refusal", newest.reason() + ": " + newest.detail()));
        client.report().ifPresent(report -> node.put("up", report.bytesUp()).put("down", report.bytesDown()));
        return node;
    }

    private static ObjectNode scoring(ScoringPicture scoring) {
        ObjectNode node = object().put("adapterVersion", scoring.adapterVersion())
                .put("emulatorVersion", scoring.emulatorVersion()).put("deadline", scoring.deadlineMillis());
        node.set("asked", texts(scoring.asked()));
        node.set("scores", array(scoring.scores(), score -> {
            ObjectNode own = object().put("id", score.clientId()).put("records", score.records());
            own.set("adapEmu", number(score.adapEmuNll()));
            own.set("rawCompressed", number(score.rawCompressedNll()));
            return own;
        }));
        node.set("failures", array(scoring.failures(),
                failure -> object().put("id", failure.clientId()).put("reason", failure.reason())));
        return node;
    }
}
