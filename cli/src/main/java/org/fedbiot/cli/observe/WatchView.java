package org.fedbiot.cli.observe;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.fedbiot.cli.output.Terminal;
import org.fedbiot.observer.Attention;
import org.fedbiot.observer.Picture;
import org.fedbiot.observer.RunPicture;

/**
 * A run as it goes: a line for each thing that has happened, and below them, on a terminal, progress bars that are drawn
 * over; elsewhere a plain line when the run comes to something else, and now and then in long work. Not thread-safe.
 */
final class WatchView {

    private static final long PLAIN_INTERVAL_MILLIS = 15_000;
    private static final String UP_AND_CLEAR = "\u001b[%dA\u001b[J";

    private final PrintStream out;
    private final Terminal terminal;
    private final RunNews news = new RunNews();
    private final ProgressBars bars;
    private int drawn;
    private String stage = "";
    private String headline = "";
    private long plainMillis;

    WatchView(PrintStream out, Terminal terminal) {
        this.out = out;
        this.terminal = terminal;
        this.bars = new ProgressBars(terminal.colours());
    }

    /** @throws org.fedbiot.cli.UserError if the picture has no such run */
    void show(Picture picture, String runId, long nowMillis) {
        RunPicture run = Look.run(picture, runId);
        List<String> said = news.of(run, Attention.of(run, picture, nowMillis));
        RunStatus status = RunStatus.of(picture, runId, nowMillis);
        clear();
        said.forEach(out::println);
        if (terminal.redraws()) {
            List<String> lines = new ArrayList<>(bars.lines(status, nowMillis));
            lines.forEach(out::println);
            drawn = lines.size();
        } else {
            plain(status, nowMillis);
        }
        out.flush();
    }

    /** Leaves only what has happened. */
    void end() {
        clear();
        out.flush();
    }

    private void clear() {
        if (drawn > 0) {
            out.printf(UP_AND_CLEAR, drawn);
            drawn = 0;
        }
    }

    private void plain(RunStatus status, long nowMillis) {
        String now = status.phase() + " " + (status.round() == null ? "" : status.round().round() + " "
                + status.round().attempt() + " " + status.round().accepted());
        boolean due = nowMillis - plainMillis >= PLAIN_INTERVAL_MILLIS && !status.headline().equals(headline);
        if (!now.equals(stage) || due) {
            stage = now;
            headline = status.headline();
            plainMillis = nowMillis;
            out.println(headline);
        }
    }
}
