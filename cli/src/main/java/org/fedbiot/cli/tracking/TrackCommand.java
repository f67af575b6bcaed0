package org.fedbiot.cli.tracking;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.cluster.Cluster;
import org.fedbiot.cli.cluster.ClusterOptions;
import org.fedbiot.cli.output.Output;
import org.fedbiot.cli.simulation.LogFile;
import org.fedbiot.observer.Observer;
import org.fedbiot.observer.Picture;
import org.fedbiot.observer.RunPicture;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Hands a run's numbers on, read off the topics: it belongs to no group, and writes nothing to the cluster. */
@Command(
        name = "track",
        mixinStandardHelpOptions = true,
        description = "Write a run's numbers for TensorBoard or to MLflow. Started again, it writes nothing twice.")
public final class TrackCommand implements Callable<Integer> {

    private static final String PROCESS = "fedbiot-track";
    private static final String TOKEN_VARIABLE = "MLFLOW_TRACKING_TOKEN";

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterOptions cluster;

    @Parameters(index = "0", paramLabel = "RUN", description = "The run's id.")
    private String runId;

    @ArgGroup(multiplicity = "1")
    private Target target;

    @Option(names = "--experiment", defaultValue = "fedbiot", paramLabel = "NAME",
            description = "MLflow's experiment (default: ${DEFAULT-VALUE}), made if it is not there.")
    private String experiment;

    @Option(names = "--follow", description = "Go on until the run is over.")
    private boolean follow;

    /** Where to. */
    private static final class Target {

        @Option(names = "--tensorboard", required = true, paramLabel = "DIR",
                description = "TensorBoard's log directory; gets a directory for each run.")
        private Path directory;

        @Option(names = "--mlflow", required = true, paramLabel = "URL",
                description = "An MLflow tracking server; its token, if it asks for one, is read from " + TOKEN_VARIABLE)
        private URI server;
    }

    @Mixin
    private Output output;

    /** What was handed on; the names of its JSON are public. */
    private record Tracked(String runId, String location, int roundsDone, boolean over) {
    }

    @Override
    public Integer call() throws InterruptedException {
        LogFile.open();
        TrackingSink sink = sink();
        try (Cluster opened = cluster.open(runId);
                Observer observer = new Observer(opened.kafka(), PROCESS)) {
            RunPicture run = track(observer, sink);
            output.print(new Tracked(runId, sink.location(), run.roundsDone(), run.isOver()),
                    () -> List.of(sink.location()));
            spec.commandLine().getErr().println("run " + runId + ": " + run.roundsDone() + " rounds"
                    + (run.isOver() ? ", over" : ", under way"));
            return 0;
        }
    }

    private TrackingSink sink() {
        return target.directory != null
                ? new TensorBoardSink(target.directory, runId)
                : new MlflowSink(new MlflowApi(target.server, Optional.ofNullable(System.getenv(TOKEN_VARIABLE))),
                        experiment, runId);
    }

    private RunPicture track(Observer observer, TrackingSink sink) throws InterruptedException {
        Semaphore changed = new Semaphore(0);
        observer.onChange(picture -> changed.release());
        observer.failure().whenComplete((unused, cause) -> changed.release());
        observer.start();
        RunPicture run = find(await(observer.caughtUp()));
        sink.bringUpTo(run);
        while (follow && !run.isOver()) {
            changed.acquire();
            changed.drainPermits();
            if (observer.failure().isCompletedExceptionally()) {
                await(observer.failure());
            }
            run = find(observer.picture());
            sink.bringUpTo(run);
        }
        return run;
    }

    private static <T> T await(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw new UserError("cannot read the cluster's topics: " + e.getCause().getMessage(), e.getCause());
        }
    }

    private RunPicture find(Picture picture) {
        return picture.run(runId).orElseThrow(() -> new UserError("no run " + runId + " in this cluster's topics"));
    }
}
