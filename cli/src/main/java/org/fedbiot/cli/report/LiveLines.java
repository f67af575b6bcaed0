package org.fedbiot.cli.report;

import java.io.PrintStream;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AlignmentResult;
import org.fedbiot.schemas.event.ClientFailed;
import org.fedbiot.schemas.event.ClientProgressed;
import org.fedbiot.schemas.event.DeadLetter;
import org.fedbiot.schemas.event.DeadlineExtended;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.ServerTaskProgressed;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateRejected;
import org.fedbiot.schemas.topic.Topics;

/**
 * A run as it goes, for people, on standard error: a line for each round and server task, and below it, on a terminal,
 * one line of progress that is written over; elsewhere progress is left out but for long work.
 */
public final class LiveLines {

    private static final long PLAIN_INTERVAL_MILLIS = 15_000;

    private final PrintStream out;
    private final boolean terminal;
    private final TreeMap<String, String> progress = new TreeMap<>();
    private final TreeMap<String, UpdateAccepted> updates = new TreeMap<>();
    private RoundOpened round;
    private long roundOpenedMillis;
    private long lastPlainMillis;

    public LiveLines(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    public void add(RunRecord.Entry entry) {
        SpecificRecord event = entry.event();
        if (event instanceof ServerTaskAssigned task) {
            progress.clear();
            show(task.getTaskId() + " ...", entry.timestampMillis());
        } else if (event instanceof ServerTaskProgressed task) {
            show(String.format(Locale.ROOT, "%s: %s %d/%d%s", task.getTaskId(), task.getPhase(), task.getStep(),
                    task.getSteps(), task.getLoss() > 0 ? String.format(Locale.ROOT, ", loss %.4f", task.getLoss())
                            : ""), entry.timestampMillis());
        } else if (event instanceof ServerTaskCompleted task) {
            line(taskLine(task));
        } else if (event instanceof RoundOpened again && again.getAttempt() > 1) {
            line("round " + again.getRound() + " opened again, attempt " + again.getAttempt() + ": called "
                    + again.getCalled().size() + " clients");
        } else if (event instanceof DeadlineExtended extended) {
            show("round " + extended.getRound() + ": deadline put off for "
                    + String.join(", ", extended.getWaitingFor()), entry.timestampMillis());
        } else if (event instanceof RoundOpened opened) {
            round = opened;
            roundOpenedMillis = entry.timestampMillis();
            updates.clear();
            progress.clear();
            show("round " + opened.getRound() + ": called " + opened.getCalled().size() + " clients",
                    entry.timestampMillis());
        } else if (event instanceof ClientProgressed step) {
            progress.put(step.getClientId(), step.getStep() + "/" + step.getSteps());
            show("round " + step.getRound() + ": " + progress.entrySet().stream()
                    .map(e -> e.getKey() + " " + e.getValue()).collect(Collectors.joining(", ")),
                    entry.timestampMillis());
        } else if (event instanceof UpdateAccepted update) {
            updates.put(update.getClientId(), update);
        } else if (event instanceof UpdateRejected rejected) {
            line(String.format("round %d: update of %s rejected: %s, %s", rejected.getRound(), rejected.getClientId(),
                    rejected.getReason(), rejected.getDetail()));
        } else if (event instanceof ClientFailed failed && entry.topic().equals(Topics.DECISION.name())) {
            line(String.format("round %d: %s failed: %s", failed.getRound(), failed.getClientId(), failed.getReason()));
        } else if (event instanceof AdapterPublished adapter && adapter.getRound() > 0
                && round != null) {
            line(String.format(Locale.ROOT, "round %-6d %5.1f s  adapter %s  %s", adapter.getRound(),
                    (entry.timestampMillis() - roundOpenedMillis) / 1000.0,
                    adapter.getSha256().substring(0, 12), updates.entrySet().stream()
                            .map(e -> String.format(Locale.ROOT, "%s %.4f", e.getKey(), e.getValue().getMeanLoss()))
                            .collect(Collectors.joining("  "))));
        } else if (event instanceof DeadLetter letter) {
            line(String.format("unusable record: %s (%s, partition %d, offset %d)", letter.getReason(),
                    letter.getOriginTopic(), letter.getOriginPartition(), letter.getOriginOffset()));
        }
    }

    private static String taskLine(ServerTaskCompleted task) {
        String line = String.format(Locale.ROOT, "%-12s %5.1f s", task.getTaskId(), task.getDurationMillis() / 1000.0);
        AlignmentResult aligned = task.getAlignment();
        if (aligned != null) {
            line += String.format(Locale.ROOT, "  emulator %d: L2 %.4f -> %.4f, KL %.4f -> %.4f on held-out public text",
                    aligned.getEmulatorVersion(), aligned.getBefore().getL2(), aligned.getAfter().getL2(),
                    aligned.getBefore().getKl(), aligned.getAfter().getKl());
        }
        return line;
    }

    private void show(String text, long atMillis) {
        if (terminal) {
            out.print("\r\u001b[K" + text);
            out.flush();
        } else if (atMillis - lastPlainMillis >= PLAIN_INTERVAL_MILLIS) {
            lastPlainMillis = atMillis;
            out.println(text);
        }
    }

    /** Leaves the terminal's line empty for what comes next. */
    public void end() {
        if (terminal) {
            out.print("\r\u001b[K");
            out.flush();
        }
    }

    private void line(String text) {
        out.println(terminal ? "\r\u001b[K" + text : text);
    }
}
