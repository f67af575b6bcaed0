package org.fedbiot.chaos;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.fedbiot.schemas.event.RunSpec;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs trials and says what came of them. */
@Command(
        name = "run-chaos",
        mixinStandardHelpOptions = true,
        description = "Run a tiny model through separate processes, kill them at points that a seed chooses, and compare"
                + " every version with that of an undisturbed run. Exit code 0 only if all are equal.")
public final class ChaosCommand implements Callable<Integer> {

    static final int ROUNDS = 2;
    private static final int FAILED = 1;

    @Spec
    private CommandSpec spec;

    @Option(names = "--seeds", defaultValue = "3", description = "How many seeds (default: ${DEFAULT-VALUE}).")
    private int seeds;

    @Option(names = "--first-seed", defaultValue = "1", description = "The first one (default: ${DEFAULT-VALUE}).")
    private long firstSeed;

    @Option(names = "--take-over", paramLabel = "KILLS", description = "Instead: kill the aggregator so many times and"
            + " time until its next output.")
    private int takeOver;

    @Option(names = "--aggregators", defaultValue = "1",
            description = "With --take-over: how many share the work (default: ${DEFAULT-VALUE}).")
    private int aggregators;

    @Option(names = "--take-over-worker", paramLabel = "KILLS", description = "Instead: kill the server worker that has"
            + " a task in hand so many times and time until another is at it.")
    private int takeOverWorker;

    @Option(names = "--queue", defaultValue = "auto", paramLabel = "share|group|auto",
            description = "With --take-over-worker: where tasks come from (default: ${DEFAULT-VALUE}).")
    private String queue;

    @Option(names = "--dir", paramLabel = "DIR", defaultValue = ".fedbiot/chaos",
            description = "Gets a new directory with data and logs of every process (default: ${DEFAULT-VALUE}).")
    private Path directory;

    private Path root;
    private TrialFiles files;

    public static void main(String[] args) {
        System.exit(new CommandLine(new ChaosCommand()).execute(args));
    }

    @Override
    public Integer call() {
        root = directory.resolve(Long.toString(System.currentTimeMillis(), Character.MAX_RADIX));
        files = TrialFiles.write(root.resolve("files"));
        say("data and logs in %s", root);
        if (takeOver > 0) {
            return report("take-over, " + aggregators + " aggregator(s)", TakeOverTrial.run(root.resolve("take-over"),
                    files, takeOver, aggregators, line -> say("%s", line)));
        }
        if (takeOverWorker > 0) {
            return report("take-over, 2 server workers, queue " + queue, WorkerTakeOverTrial.run(
                    root.resolve("take-over"), files, takeOverWorker, queue, line -> say("%s", line)));
        }
        return strike();
    }

    private int report(String what, TakeOverTrial.Outcome outcome) {
        say("%s: %s", what, outcome);
        outcome.problems().forEach(problem -> say("%s", problem));
        return outcome.problems().isEmpty() ? 0 : FAILED;
    }

    private int strike() {
        RunSpec run = files.spec(ROUNDS, Map.of());
        Trial.Outcome undisturbed = Trial.undisturbed(root.resolve("undisturbed"), files, run);
        say("undisturbed: %s, %d s", undisturbed.survived() ? "completed" : undisturbed.problems(),
                undisturbed.took().toSeconds());
        if (!undisturbed.survived()) {
            return FAILED;
        }
        LogFacts reference = undisturbed.facts().orElseThrow();
        int kills = 0;
        int survived = 0;
        int equal = 0;
        for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
            Trial.Outcome outcome =
                    Trial.struck(root.resolve("seed-" + seed), files, run, Schedule.of(seed, ROUNDS));
            boolean same = outcome.facts().filter(reference::equalTo).isPresent();
            kills += outcome.kills();
            survived += outcome.survived() ? 1 : 0;
            equal += same ? 1 : 0;
            say("seed %d: killed %s; %s, %s, %d s%s", seed,
                    String.join(", ", outcome.strikes().stream().map(StrikePlan.Done::toString).toList()),
                    outcome.survived() ? "survived" : "NOT survived: " + outcome.problems(),
                    same ? "equal" : "NOT equal", outcome.took().toSeconds(),
                    outcome.ownExits().isEmpty() ? "" : "; ended by themselves: " + outcome.ownExits());
        }
        List<String> late = DeadlineTrial.run(root.resolve("deadline"), files, reference);
        say("deadline passed while the coordinator was down: %s", late.isEmpty() ? "all updates counted" : late);
        say("seeds %d, kills %d, survived %d, equal %d", seeds, kills, survived, equal);
        return survived == seeds && equal == seeds && late.isEmpty() ? 0 : FAILED;
    }

    private void say(String format, Object... arguments) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(String.format(Locale.ROOT, format, arguments));
        out.flush();
    }
}
