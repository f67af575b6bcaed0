package org.fedbiot.cli.runreport;

import static org.fedbiot.cli.table.Cells.cell;
import static org.fedbiot.cli.table.Cells.none;
import static org.fedbiot.cli.table.Cells.time;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.fedbiot.cli.table.Cells;
import org.fedbiot.cli.table.Table;
import org.fedbiot.observer.ClientRoundPicture;
import org.fedbiot.observer.RoundPicture;
import org.fedbiot.observer.RunPicture;
import org.fedbiot.observer.SpecSummary;

/** All numbers of a run. The names of tables and columns are public. */
record RunTables(Table outcome, Table settings, Table rounds, Table clients, Table alignments, Table evaluations,
        Table scores, Table tasks, Table rejected) {

    private static final List<String> FACT = List.of("name", "value");

    static RunTables of(RunPicture run) {
        return new RunTables(outcome(run), settings(run), rounds(run), clients(run), alignments(run),
                evaluations(run), scores(run), tasks(run), rejected(run));
    }

    List<Table> all() {
        return List.of(outcome, settings, rounds, clients, alignments, evaluations, scores, tasks, rejected);
    }

    private static List<JsonNode> fact(String name, JsonNode value) {
        return List.of(cell(name), value);
    }

    private static Table outcome(RunPicture run) {
        List<List<JsonNode>> facts = new ArrayList<>(List.of(
                fact("runId", cell(run.runId())),
                fact("phase", cell(run.phase().name())),
                fact("outcome", run.isOver() ? cell(run.outcome().name()) : none()),
                fact("reason", cell(run.reason())),
                fact("submitted", time(run.submittedMillis())),
                fact("accepted", time(run.acceptedMillis())),
                fact("ended", time(run.endedMillis())),
                fact("millis", Cells.span(run.acceptedMillis(), run.endedMillis())),
                fact("roundsDone", cell(run.roundsDone())),
                fact("adapterVersion", cell(run.adapterVersion())),
                fact("adapterSha256", cell(run.adapterSha256())),
                fact("exposedShare", cell(run.exposure().share())),
                fact("exposedLayers", Cells.integers(run.exposure().layers())),
                fact("bytesUp", cell(run.traffic().up())),
                fact("bytesDown", cell(run.traffic().down())),
                fact("wholeLayersUp", cell(run.traffic().wholeUp())),
                fact("wholeLayersDown", cell(run.traffic().wholeDown())),
                fact("bootstrapBytes", cell(run.traffic().bootstrap()))));
        run.cut().ifPresent(cut -> {
            facts.add(fact("heldParameters", cell(cut.heldParameters())));
            facts.add(fact("totalParameters", cell(cut.totalParameters())));
        });
        return new Table("outcome", FACT, facts);
    }

    private static Table settings(RunPicture run) {
        return new Table("settings", FACT, run.spec().map(RunTables::settings).orElse(List.of()));
    }

    private static List<List<JsonNode>> settings(SpecSummary spec) {
        return List.of(
                fact("model", cell(spec.model())),
                fact("dataType", cell(spec.dataType().name())),
                fact("layers", cell(spec.layers())),
                fact("keptLayers", Cells.integers(spec.keptLayers())),
                fact("adapterLayers", Cells.integers(spec.adapterLayers())),
                fact("loraRank", cell(spec.loraRank())),
                fact("loraAlpha", cell(spec.loraAlpha())),
                fact("loraTargets", Cells.texts(spec.loraTargets())),
                fact("rounds", cell(spec.rounds())),
                fact("steps", cell(spec.steps())),
                fact("learningRate", cell(spec.learningRate())),
                fact("alignmentSteps", cell(spec.alignmentSteps())),
                fact("clients", Cells.texts(spec.clients())),
                fact("clientsPerRound", cell(spec.clientsPerRound())),
                fact("quorum", cell(spec.quorum())),
                fact("deadlineMillis", cell(spec.deadlineMillis())),
                fact("stallMillis", cell(spec.stallMillis())),
                fact("rule", cell(spec.rule().name())),
                fact("maxUpdateNorm", cell(spec.maxUpdateNorm())),
                fact("seed", cell(spec.seed())),
                fact("originRunId", cell(spec.originRunId())));
    }

    private static Table rounds(RunPicture run) {
        return new Table("rounds", List.of("round", "attempts", "opened", "closed", "closeReason", "published",
                "millis", "quorum", "accepted", "trainingLoss", "bytesUp", "bytesDown", "wholeLayersUp",
                "wholeLayersDown", "adapterSha256"),
                run.rounds().stream().map(RunTables::round).toList());
    }

    private static List<JsonNode> round(RoundPicture round) {
        String reason = round.abandoned() ? "ABANDONED" : round.closeReason().name();
        return List.of(cell(round.number()), cell(round.attempts().size()), time(round.openedMillis()),
                time(round.closedMillis()), round.isOpen() ? none() : cell(reason), time(round.publishedMillis()),
                Cells.span(round.openedMillis(), round.publishedMillis()), cell(round.quorum()), cell(round.accepted()),
                cell(round.trainingLoss()), cell(round.traffic().up()), cell(round.traffic().down()),
                cell(round.traffic().wholeUp()), cell(round.traffic().wholeDown()), cell(round.adapterSha256()));
    }

    private static Table clients(RunPicture run) {
        return new Table("clients", List.of("round", "client", "called", "verdict", "reason", "samples", "meanLoss",
                "firstLoss", "lastLoss", "norm", "weight", "bytesUp", "bytesDown", "wholeLayersUp", "wholeLayersDown",
                "bootstrapBytes", "trainingMillis"),
                run.rounds().stream().flatMap(round -> round.clients().stream()
                        .map(client -> client(round.number(), client))).toList());
    }

    private static List<JsonNode> client(int round, ClientRoundPicture client) {
        List<JsonNode> row = new ArrayList<>(List.of(cell(round), cell(client.clientId()),
                cell(Boolean.toString(client.called())), cell(client.verdict().name()), cell(client.reason())));
        client.update().ifPresentOrElse(
                update -> row.addAll(List.of(cell(update.datasetSamples()), cell(update.meanLoss()),
                        cell(update.firstLoss()), cell(update.lastLoss()), cell(update.norm()), cell(update.weight()))),
                () -> row.addAll(List.of(none(), none(), none(), none(), none(), none())));
        client.report().ifPresentOrElse(
                report -> row.addAll(List.of(cell(report.bytesUp()), cell(report.bytesDown()), cell(report.wholeUp()),
                        cell(report.wholeDown()), cell(report.bootstrapBytes()), cell(report.trainingMillis()))),
                () -> row.addAll(List.of(none(), none(), none(), none(), none(), none())));
        return row;
    }

    private static Table alignments(RunPicture run) {
        return new Table("alignments", List.of("emulatorVersion", "adapterVersion", "round", "at", "steps", "l2Before",
                "klBefore", "lossBefore", "l2After", "klAfter", "lossAfter"),
                run.alignments().stream().map(done -> List.of(cell(done.emulatorVersion()), cell(done.adapterVersion()),
                        cell(done.round()), time(done.atMillis()), cell(done.steps()), cell(done.before().l2()),
                        cell(done.before().kl()), cell(done.before().loss()), cell(done.after().l2()),
                        cell(done.after().kl()), cell(done.after().loss()))).toList());
    }

    private static Table evaluations(RunPicture run) {
        return new Table("evaluations", List.of("round", "adapterVersion", "emulatorVersion", "at", "model", "nll",
                "perplexity", "exactMatch", "records", "exactMatchRecords", "tokens", "parses", "parsesRecords"),
                run.evaluations().stream().flatMap(done -> done.scores().stream().map(score -> List.of(
                        cell(done.round()), cell(done.adapterVersion()), cell(done.emulatorVersion()),
                        time(done.atMillis()), cell(score.model().name()), cell(score.nll()), cell(score.perplexity()),
                        cell(score.exactMatch()), cell(score.records()), cell(score.exactMatchRecords()),
                        cell(score.tokens()), cell(score.parses()), cell(score.parsesRecords())))).toList());
    }

    /** The clients' own. */
    private static Table scores(RunPicture run) {
        return new Table("scores", List.of("client", "adapEmuNll", "rawCompressedNll", "records", "failure"),
                run.scoring().stream().flatMap(scoring -> Stream.concat(
                        scoring.scores().stream().map(score -> List.of(cell(score.clientId()), cell(score.adapEmuNll()),
                                cell(score.rawCompressedNll()), cell(score.records()), cell(""))),
                        scoring.failures().stream().map(failure -> List.of(cell(failure.clientId()), none(), none(),
                                none(), cell(failure.reason()))))).toList());
    }

    private static Table tasks(RunPicture run) {
        return new Table("tasks", List.of("task", "kind", "round", "state", "worker", "assigned", "settled", "millis",
                "workMillis", "reason"),
                run.tasks().stream().map(task -> List.of(cell(task.taskId()), cell(task.kind().name()),
                        cell(task.round()), cell(task.state().name()), cell(task.worker()), time(task.assignedMillis()),
                        time(task.settledMillis()), Cells.span(task.assignedMillis(), task.settledMillis()),
                        cell(task.durationMillis()), cell(task.reason()))).toList());
    }

    /** What screening refused; of several refusals for one reason the newest, with their count. */
    private static Table rejected(RunPicture run) {
        return new Table("rejected", List.of("round", "client", "at", "reason", "detail", "count"),
                run.rounds().stream().flatMap(round -> round.clients().stream().flatMap(client -> client.refusals()
                        .stream().map(refusal -> List.of(cell(round.number()), cell(client.clientId()),
                                time(refusal.atMillis()), cell(refusal.reason().name()), cell(refusal.detail()),
                                cell(refusal.count()))))).toList());
    }
}
