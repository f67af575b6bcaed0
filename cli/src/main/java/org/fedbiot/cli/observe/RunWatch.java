package org.fedbiot.cli.observe;

import java.io.PrintStream;
import java.time.Clock;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.fedbiot.cli.ExitCode;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.output.Terminal;
import org.fedbiot.observer.Observer;
import org.fedbiot.observer.Picture;
import org.fedbiot.schemas.client.KafkaSettings;

/** Follows a run by the topics alone until it is over. */
public final class RunWatch {

    /** So that silence is seen to grow while nothing comes. */
    private static final long REDRAW_MILLIS = 1_000;

    private RunWatch() {
    }

    /**
     * @param out for progress
     * @return the picture in which the run is over
     * @throws UserError if the cluster knows no such run, or cannot be followed any more
     */
    public static Picture follow(KafkaSettings kafka, String runId, PrintStream out, Terminal terminal, Clock clock)
            throws InterruptedException {
        BlockingQueue<Boolean> changed = new ArrayBlockingQueue<>(1);
        WatchView view = new WatchView(out, terminal);
        try (Observer observer = new Observer(kafka, "fedbiot-cli-watch")) {
            observer.onChange(picture -> changed.offer(true));
            observer.start();
            Picture picture = Look.caughtUp(observer);
            view.show(picture, runId, clock.millis());
            while (!Look.run(picture, runId).isOver()) {
                changed.poll(REDRAW_MILLIS, TimeUnit.MILLISECONDS);
                if (observer.failure().isCompletedExceptionally()) {
                    observer.failure().join();
                }
                picture = observer.picture();
                view.show(picture, runId, clock.millis());
            }
            return picture;
        } catch (CompletionException e) {
            throw new UserError(ExitCode.NO_ANSWER, "run " + runId + " cannot be followed any more: "
                    + e.getCause().getMessage(), e.getCause());
        } finally {
            view.end();
        }
    }
}
