package org.fedbiot.cli.observe;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A run's status as lines for people. */
public final class StatusTable {

    private StatusTable() {
    }

    /** @param nowMillis from which spans are counted */
    public static List<String> lines(RunStatus status, long nowMillis) {
        List<String> lines = new ArrayList<>();
        lines.add("run " + status.runId() + ": " + status.headline());
        fact(lines, "phase", status.phase() + ago(", for ", status.since(), "", nowMillis));
        fact(lines, "rounds", status.roundsDone() + " of " + status.rounds() + " done");
        fact(lines, "adapter", status.adapterVersion() < 0 ? "none yet" : "version " + status.adapterVersion()
                + ", sha256 " + status.adapterSha256());
        fact(lines, "exposed", String.format(Locale.ROOT, "%.1f %% of the base model's parameters, over all runs on it",
                100 * status.exposedShare()));
        fact(lines, "last event", status.lastEvent() + ago(", ", status.lastEvent(), " ago", nowMillis));
        if (status.task() != null) {
            fact(lines, "task", task(status.task(), nowMillis));
        }
        if (status.round() != null) {
            lines.addAll(round(status.round(), nowMillis));
        }
        status.rejected().forEach(refused -> lines.add("  rejected: " + refused.client() + ", round " + refused.round()
                + ", " + refused.reason() + ": " + refused.detail()
                + (refused.count() > 1 ? " (" + refused.count() + " times)" : "")));
        status.scores().forEach(score -> fact(lines, "score", String.format(Locale.ROOT,
                "%-15s NLL %.4f, perplexity %.3f%s", score.model(), score.nll(), score.perplexity(),
                score.exactMatch() == null ? "" : String.format(Locale.ROOT, ", exact match %.1f %%",
                        100 * score.exactMatch()))));
        if (status.product() != null) {
            fact(lines, "PEFT adapter", status.product().adapter() + ", on the server worker's machine");
            fact(lines, "merged model", status.product().merged());
        }
        for (RunStatus.ToLookAt finding : status.findings()) {
            lines.add(finding.severity() + ": " + finding.text() + ago(" (", finding.since(), " ago)", nowMillis));
            lines.add("  what to do: " + finding.next());
        }
        lines.add("next: " + status.next());
        return lines;
    }

    private static List<String> round(RoundStatus round, long nowMillis) {
        List<String> lines = new ArrayList<>();
        lines.add("round " + round.round() + (round.attempt() > 1 ? ", attempt " + round.attempt() : "") + ": "
                + round.accepted() + " in, quorum " + round.quorum() + (!round.open() ? "" : ", deadline "
                + round.deadline() + deadline(round.deadline(), nowMillis) + (round.quorumMargin() < 0
                        ? ", quorum OUT OF REACH" : ", " + round.quorumMargin() + " may still fail")));
        for (RoundStatus.Client client : round.clients()) {
            lines.add(String.format("  %-20s %-9s %s%s", client.client(), client.verdict(), progress(client),
                    client.stuck() ? "  STUCK" : ""));
        }
        return lines;
    }

    private static String progress(RoundStatus.Client client) {
        List<String> parts = new ArrayList<>();
        if (client.steps() > 0) {
            parts.add("step " + client.step() + " of " + client.steps());
        }
        if (client.shards() > 0) {
            parts.add("shard " + client.shardsSent() + " of " + client.shards());
        }
        if (client.loss() != null) {
            parts.add(String.format(Locale.ROOT, "loss %.4f", client.loss()));
        }
        if (client.silentSeconds() > 0) {
            parts.add("silent for " + Moments.span(1000 * client.silentSeconds()));
        }
        if (!client.reason().isEmpty()) {
            parts.add(client.reason());
        }
        return String.join(", ", parts);
    }

    private static String task(RunStatus.Task task, long nowMillis) {
        return task.task() + (task.worker().isEmpty() ? ", taken by nobody" : ", " + task.worker() + ": " + task.phase()
                + (task.steps() > 0 ? " " + task.step() + " of " + task.steps() : ""))
                + ago(", last sign ", task.lastSign(), " ago", nowMillis);
    }

    private static String deadline(String deadline, long nowMillis) {
        long left = Instant.parse(deadline).toEpochMilli() - nowMillis;
        return left < 0 ? " (" + Moments.span(-left) + " ago)" : " (in " + Moments.span(left) + ")";
    }

    private static String ago(String before, String iso, String after, long nowMillis) {
        return iso.isEmpty() ? ""
                : before + Moments.span(nowMillis - Instant.parse(iso).toEpochMilli()) + after;
    }

    private static void fact(List<String> lines, String name, String value) {
        lines.add(String.format("  %-14s %s", name, value));
    }
}
