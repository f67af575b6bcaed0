package org.fedbiot.cli.experiment;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.cli.report.RunRecord;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.ServerTaskAssigned;

/**
 * An experiment as it goes, for people, on standard error: a line for each cell that is over, and on a terminal one
 * line below it that is written over; elsewhere that line comes now and then. Thread-safe.
 */
final class Progress {

    private static final long PLAIN_INTERVAL_MILLIS = 60_000;

    private static final class Running {

        private final long startedMillis;
        private String at = "starting";

        Running(long startedMillis) {
            this.startedMillis = startedMillis;
        }
    }

    private final PrintStream out;
    private final boolean redraws;
    private final Clock clock;
    private final Pace pace;
    private final int lanes;
    private final int all;
    private final List<PlannedCell> waiting;
    private final Map<PlannedCell, Running> running = new LinkedHashMap<>();
    private int done;
    private long shownMillis;

    /**
     * @param all runs of the experiment, those included that are done or have no place in this start
     * @param done of these
     * @param waiting to be run now
     */
    Progress(PrintStream out, boolean redraws, Clock clock, Pace pace, int lanes, int all, int done,
            List<PlannedCell> waiting) {
        this.out = out;
        this.redraws = redraws;
        this.clock = clock;
        this.pace = pace;
        this.lanes = lanes;
        this.all = all;
        this.done = done;
        this.waiting = new ArrayList<>(waiting);
    }

    synchronized void started(PlannedCell cell) {
        waiting.remove(cell);
        running.put(cell, new Running(clock.millis()));
        show();
    }

    synchronized void heard(PlannedCell cell, RunRecord.Entry entry) {
        SpecificRecord event = entry.event();
        if (event instanceof RoundOpened round) {
            running.get(cell).at = "round " + round.getRound() + "/"
                    + cell.spec().orElseThrow().getFederation().getRounds();
            show();
        } else if (event instanceof ServerTaskAssigned task) {
            running.get(cell).at = task.getTaskId();
            show();
        }
    }

    /** @param seconds that it took, by its log */
    synchronized void finished(PlannedCell cell, double seconds) {
        running.remove(cell);
        done++;
        pace.add(cell, seconds);
        line(String.format(Locale.ROOT, "%d/%d %s: %.0f s%s", done, all, cell.id(), seconds, toGo()));
    }

    synchronized void failed(PlannedCell cell, String reason) {
        running.remove(cell);
        line(cell.id() + " failed: " + reason);
    }

    /** Leaves the terminal's line empty for what comes next. */
    synchronized void end() {
        if (redraws) {
            out.print("\r\u001b[K");
            out.flush();
        }
    }

    private void line(String text) {
        out.println(redraws ? "\r\u001b[K" + text : text);
        show();
    }

    private void show() {
        String text = String.format(Locale.ROOT, "%d/%d cells; %s%s", done, all, running.entrySet().stream()
                .map(entry -> entry.getKey().id() + " " + entry.getValue().at).collect(Collectors.joining(", ")),
                toGo());
        long now = clock.millis();
        if (redraws) {
            out.print("\r\u001b[K" + text);
            out.flush();
        } else if (now - shownMillis >= PLAIN_INTERVAL_MILLIS) {
            shownMillis = now;
            out.println(text);
        }
    }

    private String toGo() {
        OptionalDouble rest = pace.estimate(waiting);
        if (rest.isEmpty() || waiting.isEmpty() && running.isEmpty()) {
            return "";
        }
        double seconds = rest.getAsDouble();
        for (Map.Entry<PlannedCell, Running> entry : running.entrySet()) {
            double since = (clock.millis() - entry.getValue().startedMillis) / 1000.0;
            seconds += Math.max(0, pace.estimate(entry.getKey()).orElse(0) - since);
        }
        return "; about " + duration(seconds / Math.min(lanes, waiting.size() + running.size())) + " to go, estimated";
    }

    static String duration(double seconds) {
        Duration duration = Duration.ofSeconds(Math.round(seconds));
        if (duration.toMinutes() < 1) {
            return duration.toSeconds() + " s";
        }
        return duration.toHours() < 1 ? Math.round(duration.toSeconds() / 60.0) + " min"
                : String.format(Locale.ROOT, "%d h %02d min", duration.toHours(), duration.toMinutesPart());
    }
}
