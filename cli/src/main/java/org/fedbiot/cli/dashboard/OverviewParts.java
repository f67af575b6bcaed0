package org.fedbiot.cli.dashboard;

import static org.fedbiot.cli.dashboard.PageJson.array;
import static org.fedbiot.cli.dashboard.PageJson.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fedbiot.observer.Attention;
import org.fedbiot.observer.ClientPicture;
import org.fedbiot.observer.DeadLetterPicture;
import org.fedbiot.observer.Finding;
import org.fedbiot.observer.Headline;
import org.fedbiot.observer.Picture;
import org.fedbiot.observer.RunPicture;
import org.fedbiot.observer.WorkerPicture;

/** What the page shows whatever run is looked at, in parts that change apart from each other. */
final class OverviewParts {

    private static final int DEAD_LETTERS = 20;

    private OverviewParts() {
    }

    static Map<String, JsonNode> of(Picture picture, long nowMillis) {
        Map<String, JsonNode> parts = new LinkedHashMap<>();
        List<Finding> findings = Attention.of(picture, nowMillis);
        parts.put("runs", array(picture.runs(), run -> run(run, findings.stream()
                .filter(finding -> finding.runId().equals(run.runId())).count())));
        parts.put("attention", array(findings, OverviewParts::finding));
        parts.put("clients", array(picture.clients(), OverviewParts::client));
        parts.put("workers", array(picture.workers(), OverviewParts::worker));
        List<DeadLetterPicture> letters = picture.deadLetters();
        parts.put("deadLetters", object().put("count", picture.deadLetterCount())
                .set("newest", array(letters.subList(Math.max(0, letters.size() - DEAD_LETTERS), letters.size()),
                        OverviewParts::deadLetter)));
        return parts;
    }

    private static ObjectNode run(RunPicture run, long findings) {
        ObjectNode node = object().put("id", run.runId()).put("phase", run.phase().name())
                .put("outcome", run.outcome().name()).put("over", run.isOver())
                .put("model", run.spec().map(spec -> spec.model()).orElse(""))
                .put("rounds", run.spec().map(spec -> spec.rounds()).orElse(0)).put("done", run.roundsDone())
                .put("accepted", run.acceptedMillis()).put("ended", run.endedMillis()).put("findings", findings);
        return node.set("headline", headline(Headline.of(run)));
    }

    static ObjectNode headline(Headline headline) {
        return object().put("text", headline.text()).put("since", headline.sinceMillis())
                .put("until", headline.untilMillis());
    }

    static ObjectNode finding(Finding finding) {
        return object().put("severity", finding.severity().name()).put("kind", finding.kind().name())
                .put("run", finding.runId()).put("round", finding.round()).put("subject", finding.subject())
                .put("text", finding.text()).put("since", finding.sinceMillis());
    }

    private static ObjectNode client(ClientPicture client) {
        return object().put("id", client.clientId()).put("there", client.there()).put("device", client.device())
                .put("samples", client.datasetSamples()).put("heldOut", client.heldOutSamples())
                .put("skipped", client.skippedSamples()).put("leaving", client.leavingReason())
                .put("lastSign", client.lastSignMillis()).put("run", client.runId()).put("round", client.round());
    }

    private static ObjectNode worker(WorkerPicture worker) {
        ObjectNode node = object().put("id", worker.id()).put("role", worker.role()).put("version", worker.version())
                .put("device", worker.device()).put("threads", worker.threads()).put("starts", worker.starts())
                .put("started", worker.startedMillis()).put("lastSign", worker.lastSignMillis());
        worker.work().ifPresent(work -> node.set("work",
                ((ObjectNode) RunParts.task(work.task())).put("run", work.runId())));
        return node;
    }

    private static ObjectNode deadLetter(DeadLetterPicture letter) {
        return object().put("at", letter.atMillis()).put("process", letter.process()).put("reason", letter.reason())
                .put("topic", letter.topic()).put("partition", letter.partition()).put("offset", letter.offset())
                .put("key", letter.key()).put("bytes", letter.bytes());
    }
}
