package org.fedbiot.benchmarks.aggregation;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.fedbiot.schemas.event.AggregationRule;
import org.fedbiot.schemas.event.AggregationSettings;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Times rounds of the aggregator beside a plain array sum and a bare consumer of the same bytes. */
@Command(name = "aggregation-benchmark", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Screening and folding of rounds with 1 MiB updates, exactly once, over an embedded broker.")
public final class AggregationBenchmark implements Callable<Integer> {

    private static final double MEBIBYTE = 1024 * 1024;
    private static final int WARM_UP_CLIENTS = 100;
    /** Of one round by the bare consumer, which is quick and then slow for no reason of ours. */
    private static final int READINGS = 3;

    @Option(names = "--clients", split = ",", defaultValue = "10,100,1000", description = "one row each (default: ${DEFAULT-VALUE})")
    private List<Integer> clients;

    @Option(names = "--updates", defaultValue = "1000", description = "a row times as many rounds as have this many updates, from one to five (default: ${DEFAULT-VALUE})")
    private int updates;

    @Option(names = "--warm-up-rounds", defaultValue = "25", description = "of 100 clients, not timed: with fewer, the compilers of both JVMs take as much of the processor as the work (default: ${DEFAULT-VALUE})")
    private int warmUpRounds;

    @Option(names = "--rule", defaultValue = "MEAN", description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private AggregationRule rule;

    @Option(names = "--threads", defaultValue = "2", description = "of the aggregator (default: ${DEFAULT-VALUE})")
    private int threads;

    @Option(names = "--jvm", split = " ", defaultValue = "-Xmx256m -XX:+UseParallelGC", description = "options of the aggregator's JVM (default: ${DEFAULT-VALUE})")
    private List<String> jvm;

    @Option(names = "--kafka", paramLabel = "NAME=VALUE", description = "a Kafka setting of the aggregator in place of its own")
    private Map<String, String> overrides = Map.of();

    @Option(names = "--work", paramLabel = "DIR", defaultValue = "benchmarks/target/aggregation-benchmark", description = "broker and state lie in a new directory in here until the end (default: ${DEFAULT-VALUE})")
    private Path work;

    @Spec
    private CommandSpec spec;

    public static void main(String[] args) {
        System.exit(new CommandLine(new AggregationBenchmark()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
        PrintWriter out = spec.commandLine().getOut();
        boolean same = true;
        Path directory = work.resolve(Long.toString(System.currentTimeMillis()));
        try (Cluster cluster = new Cluster(directory, threads, jvm, overrides)) {
            warmUp(cluster);
            out.printf(Locale.ROOT, "%7s %6s %7s %9s %8s %7s %9s %9s %8s %8s %6s%n", "clients", "MiB", "rounds",
                    "screened", "seconds", "MiB/s", "consumer", "array sum", "share", "heap MiB", "log x");
            for (int count : clients) {
                same &= row(out, cluster, new SimulatedClients("bench-" + count, count, settings()));
                out.flush();
            }
        }
        delete(directory);
        return same ? 0 : 1;
    }

    /** Gigabytes, for nobody to look at unless something went wrong. */
    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private AggregationSettings.Builder settings() {
        return AggregationSettings.newBuilder().setRule(rule);
    }

    private void warmUp(Cluster cluster) {
        SimulatedClients some = new SimulatedClients("warm-up", WARM_UP_CLIENTS, settings());
        try (TimedRun run = new TimedRun(cluster, some, base()); BareConsumer consumer = new BareConsumer(cluster.settings())) {
            for (int round = 0; round < warmUpRounds; round++) {
                Map<TopicPartition, Long> from = consumer.ends();
                run.round();
                consumer.bytesPerSecond(from, consumer.ends());
            }
        }
    }

    private boolean row(PrintWriter out, Cluster cluster, SimulatedClients many)
            throws IOException, InterruptedException, ExecutionException {
        int rounds = Math.max(1, Math.min(5, updates / many.clients()));
        double mebibytes = many.clients() * SimulatedClients.CUT.elements() * (Float.BYTES / MEBIBYTE);
        List<Double> screened = new ArrayList<>();
        List<Double> seconds = new ArrayList<>();
        List<Double> consumed = new ArrayList<>();
        List<Double> summed = new ArrayList<>();
        float[] values = base();
        boolean same = true;
        try (TimedRun run = new TimedRun(cluster, many, values); BareConsumer consumer = new BareConsumer(cluster.settings())) {
            long changelog = cluster.changelogBytes();
            for (int round = 1; round <= rounds; round++) {
                Map<TopicPartition, Long> from = consumer.ends();
                TimedRun.Times times = run.round();
                screened.add(times.screened());
                seconds.add(times.published());
                Map<TopicPartition, Long> to = consumer.ends();
                for (int reading = 0; reading < READINGS; reading++) {
                    consumed.add(consumer.bytesPerSecond(from, to) / MEBIBYTE);
                }
                ArraySum sum = new ArraySum(many, round);
                long start = System.nanoTime();
                values = sum.onto(values);
                summed.add(mebibytes / ((System.nanoTime() - start) / 1e9));
                same &= rule != AggregationRule.MEAN || SimulatedClients.hash(values).equals(run.published().getSha256());
            }
            double logged = (cluster.changelogBytes() - changelog) / MEBIBYTE / (mebibytes * rounds);
            cluster.aggregator().watchHeap();
            // A peak of few looks is too low: each row is looked at while as many updates pass.
            for (int round = 0; round < Math.max(1, updates / many.clients()); round++) {
                run.round();
            }
            double heap = cluster.aggregator().heapPeak() / MEBIBYTE;
            double rate = mebibytes / median(seconds);
            out.printf(Locale.ROOT, "%7d %6.0f %7d %9.2f %8.2f %7.0f %9.0f %9.0f %8.2f %8.1f %6.3f%s%n", many.clients(),
                    mebibytes, rounds, median(screened), median(seconds), rate, median(consumed), median(summed),
                    rate / median(consumed), heap, logged, same ? "" : "  HASHES DIFFER from the array sum's");
        }
        return same;
    }

    private static float[] base() {
        float[] base = new float[SimulatedClients.CUT.elements()];
        for (int i = 0; i < base.length; i++) {
            base[i] = i / (float) base.length;
        }
        return base;
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
