package org.fedbiot.cli.process;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntBiFunction;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.monitoring.Monitor;
import org.fedbiot.cli.settings.RecordSettings;
import org.fedbiot.cli.settings.SettingsPlan;
import org.fedbiot.cli.settings.SettingsSource;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A process' file, and what can be done with it instead of starting the process. */
final class ProcessOptions {

    /** How a plan is printed. */
    enum Format {
        TEXT,
        JSON
    }

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "FILE", description = "The process' settings, YAML.")
    private Path file;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Set one key over the file, or without one, such"
            + " as cluster.bootstrapServers=HOST:9092.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Option(names = "--check", description = "Print every key as it comes out, connect to nothing, and exit.")
    private boolean check;

    @Option(names = "--format", defaultValue = "TEXT", description = "Of --check: text (default) or json.")
    private Format format;

    /**
     * Reads the settings; prints them, or runs the process, with its metrics where the settings ask for them.
     *
     * @param role of the process, as metrics name it
     * @return exit code
     * @throws UserError naming file and key of what cannot be used
     */
    <T extends Record & ProcessSettings> int run(Class<T> type, String role, ToIntBiFunction<T, Monitor> process) {
        SettingsSource source = SettingsSource.of(Optional.ofNullable(file), set);
        T settings = RecordSettings.read(type, source);
        if (!check) {
            return run(settings, role, process);
        }
        SettingsPlan plan = SettingsPlan.of(settings, System.getenv());
        print(plan);
        if (!plan.problems().isEmpty()) {
            throw new UserError(source.origin("") + ": " + String.join("; ", plan.problems()));
        }
        settings.verifyFiles();
        return 0;
    }

    private <T extends ProcessSettings> int run(T settings, String role, ToIntBiFunction<T, Monitor> process) {
        try (Monitor monitor = Monitor.open(role, settings.metrics())) {
            monitor.url().ifPresent(url -> {
                spec.commandLine().getOut().println("metrics: " + url);
                spec.commandLine().getOut().flush();
            });
            return process.applyAsInt(settings, monitor);
        }
    }

    private void print(SettingsPlan plan) {
        PrintWriter out = spec.commandLine().getOut();
        if (format == Format.JSON) {
            out.println(plan.tree().toPrettyString());
        } else {
            plan.lines().forEach(out::println);
        }
        out.flush();
    }
}
