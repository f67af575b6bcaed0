package org.fedbiot.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.infra.EmbeddedRegistry;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.event.AggregationRule;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Times the replay of one round from a broker, and looks at what its heap depends on. */
@Command(name = "replay-benchmark", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Seconds and peak heap of fedbiot replay, of one round whose clients sent 1 MiB each.")
public final class ReplayBenchmark implements Callable<Integer> {

    private static final double MIB = 1024.0 * 1024;

    @Option(names = "--clients", split = ",", defaultValue = "10,100,1000",
            description = "clients of the round, one row each (default: ${DEFAULT-VALUE})")
    private List<Integer> clients;

    @Option(names = "--rule", defaultValue = "MEAN", description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private AggregationRule rule;

    @Spec
    private CommandSpec spec;

    public static void main(String[] args) {
        System.exit(new CommandLine(new ReplayBenchmark()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        int failed = 0;
        for (int number : clients) {
            Path directory = Files.createTempDirectory("fedbiot-replay-benchmark");
            try {
                failed += row(number, directory) ? 0 : 1;
            } finally {
                delete(directory);
            }
        }
        return failed == 0 ? 0 : 1;
    }

    private boolean row(int number, Path directory) throws IOException, InterruptedException {
        try (EmbeddedKafka broker = EmbeddedKafka.start(directory.resolve("kafka"), 0);
                EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrapServers(), 0)) {
            KafkaSettings kafka = new KafkaSettings(broker.bootstrapServers(), registry.url());
            try (Admin admin = Admin.create(kafka.admin())) {
                TopicCreation.createMissing(admin, (short) 1);
            }
            try (EventProducer producer = new EventProducer(kafka, "benchmark")) {
                LoggedRound.write(producer, number, rule);
            }
            ReplayJvm.Outcome timed = ReplayJvm.run(kafka, directory, false);
            ReplayJvm.Outcome watched = ReplayJvm.run(kafka, directory, true);
            double mib = number * (double) LoggedRound.CUT.elements() * Float.BYTES / MIB;
            PrintWriter out = spec.commandLine().getOut();
            out.printf(Locale.ROOT, "clients %d, %s, updates %.0f MiB: replay %.2f s (%.0f MiB/s), heap at most %.1f MiB,"
                            + " exit code %d%n", number, rule, mib, timed.seconds(), mib / timed.seconds(),
                    watched.heapBytes() / MIB, timed.exitCode());
            out.flush();
            return timed.exitCode() == 0 && watched.exitCode() == 0;
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
