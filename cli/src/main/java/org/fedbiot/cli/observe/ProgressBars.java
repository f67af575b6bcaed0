package org.fedbiot.cli.observe;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a run is at, as lines that are drawn over: one for the run, one for its task or for each client. */
final class ProgressBars {

    private static final int WIDTH = 24;
    private static final String RED = "\u001b[31m";
    private static final String PLAIN = "\u001b[0m";

    private final boolean colours;

    ProgressBars(boolean colours) {
        this.colours = colours;
    }

    List<String> lines(RunStatus status, long nowMillis) {
        List<String> lines = new ArrayList<>();
        lines.add(bar(status.roundsDone(), status.rounds()) + " " + status.headline() + left(status, nowMillis));
        if (status.task() != null) {
            lines.add("  " + bar(status.task().step(), status.task().steps()) + " " + status.task().task());
        } else if (status.round() != null && status.round().open()) {
            status.round().clients().forEach(client -> lines.add("  " + line(client)));
        }
        return lines;
    }

    private String line(RoundStatus.Client client) {
        String text = String.format("%s %-20s %s%s", client.shards() > 0 ? bar(client.shardsSent(), client.shards())
                : bar(client.step(), client.steps()), client.client(), client.verdict().toLowerCase(Locale.ROOT),
                client.stuck() ? ", silent for " + Moments.span(1000 * client.silentSeconds()) : "");
        return colours && (client.stuck() || client.verdict().equals("REJECTED")) ? RED + text + PLAIN : text;
    }

    private static String left(RunStatus status, long nowMillis) {
        return status.until().isEmpty() ? "" : ", " + Moments.span(Instant.parse(status.until()).toEpochMilli()
                - nowMillis) + " left";
    }

    static String bar(int done, int all) {
        int filled = all <= 0 ? 0 : (int) ((long) WIDTH * Math.min(done, all) / all);
        return "[" + "#".repeat(filled) + "-".repeat(WIDTH - filled) + "]";
    }
}
