package org.fedbiot.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.fedbiot.coordinator.runtime.CoordinatorProcess;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.infra.EmbeddedRegistry;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.event.ClientJoined;
import org.fedbiot.schemas.topic.Topics;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Times how long a coordinator needs, from the start of its JVM, over a long decision log until it decides again. */
@Command(name = "recovery-benchmark", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Seconds from the start of a coordinator's JVM over a long decision log to its next decision.")
public final class RecoveryBenchmark implements Callable<Integer> {

    private static final double TARGET_SECONDS = 5;
    private static final Duration POLL = Duration.ofMillis(5);

    @Option(names = "--rounds", defaultValue = "1000",
            description = "complete rounds in the log (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--clients", defaultValue = "3",
            description = "called to each round (default: ${DEFAULT-VALUE})")
    private int clients;

    @Option(names = "--starts", defaultValue = "5",
            description = "timed starts after a clean end (default: ${DEFAULT-VALUE})")
    private int starts;

    @Option(names = "--kills", defaultValue = "3",
            description = "timed take-overs by a standby after a kill (default: ${DEFAULT-VALUE})")
    private int kills;

    @Spec
    private CommandSpec spec;

    private KafkaSettings settings;
    private EventProducer producer;
    private EventReader decisions;
    private int guests;

    public static void main(String[] args) {
        System.exit(new CommandLine(new RecoveryBenchmark()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("fedbiot-recovery");
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0);
                EmbeddedRegistry registry = EmbeddedRegistry.start(kafka.bootstrapServers(), 0)) {
            settings = new KafkaSettings(kafka.bootstrapServers(), registry.url());
            try (Admin admin = Admin.create(settings.admin())) {
                TopicCreation.createMissing(admin, (short) 1);
            }
            return measure();
        } finally {
            delete(directory);
        }
    }

    private int measure() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        List<SpecificRecord> log = LongRun.log(rounds, clients);
        try (EventProducer writer = new EventProducer(settings, "benchmark")) {
            producer = writer;
            log.forEach(event -> writer.send(Topics.DECISION, LongRun.RUN, event));
            writer.awaitAll();
            out.printf(Locale.ROOT, "decision log: %d rounds of %d clients, %d events, %.1f MB%n", rounds, clients,
                    log.size(), writer.bytesSent() / 1e6);
            out.flush();
            try (EventReader reader = new EventReader(settings, "benchmark", Topics.DECISION)) {
                decisions = reader;
                reader.seek(Topics.DECISION, 0, log.size());
                double median = starts(out);
                takeOvers(out);
                out.printf(Locale.ROOT, "target: a start under %.0f s, %s%n", TARGET_SECONDS,
                        median < TARGET_SECONDS ? "reached" : "missed");
                out.flush();
                return median < TARGET_SECONDS ? 0 : 1;
            }
        }
    }

    /** The input is there before the process is, as after an outage. */
    private double starts(PrintWriter out) throws IOException, InterruptedException {
        List<Double> seconds = new ArrayList<>();
        for (int start = 0; start < starts; start++) {
            String guest = invite();
            long begin = System.nanoTime();
            Process process = RecoveringCoordinator.launch(settings);
            try {
                awaitDecision(guest, process);
                seconds.add((System.nanoTime() - begin) / 1e9);
            } finally {
                process.destroy();
                process.waitFor();
            }
        }
        return report(out, "start to next decision", seconds);
    }

    private void takeOvers(PrintWriter out) throws IOException, InterruptedException {
        List<Double> seconds = new ArrayList<>();
        Process active = RecoveringCoordinator.launch(settings);
        try {
            awaitDecision(invite(), active);
            for (int kill = 0; kill < kills; kill++) {
                Process standby = RecoveringCoordinator.launch(settings);
                try (Admin admin = Admin.create(settings.admin())) {
                    awaitStandby(admin);
                    long begin = System.nanoTime();
                    active.destroyForcibly().waitFor();
                    active = standby;
                    awaitDecision(invite(), standby);
                    seconds.add((System.nanoTime() - begin) / 1e9);
                }
            }
        } finally {
            active.destroyForcibly().waitFor();
        }
        report(out, "kill to the standby's next decision", seconds);
    }

    private void awaitStandby(Admin admin) throws InterruptedException {
        String group = CoordinatorProcess.LEASE_GROUP;
        try {
            while (admin.describeConsumerGroups(List.of(group)).all().get().get(group).members().size() < 2) {
                decisions.poll(POLL);
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot describe group " + group + ": " + e.getCause(), e.getCause());
        }
    }

    private String invite() {
        String guest = "guest-" + guests++;
        producer.send(Topics.CLIENT_PRESENCE, guest, LongRun.joined(guest));
        producer.awaitAll();
        return guest;
    }

    private void awaitDecision(String guest, Process process) {
        while (decisions.poll(POLL).stream().noneMatch(record ->
                record.value() instanceof ClientJoined joined && joined.getClientId().equals(guest))) {
            if (!process.isAlive()) {
                throw new IllegalStateException("the coordinator ended with exit code " + process.exitValue());
            }
        }
    }

    private static double report(PrintWriter out, String what, List<Double> seconds) {
        List<Double> sorted = seconds.stream().sorted().toList();
        double median = sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
        out.printf(Locale.ROOT, "%s: median %.2f s of %s%n", what, median,
                seconds.stream().map(value -> String.format(Locale.ROOT, "%.2f", value)).toList());
        out.flush();
        return median;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
