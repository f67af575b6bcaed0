package org.fedbiot.cli.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.fedbiot.cli.archive.Deletion;
import org.fedbiot.cli.archive.FreedTopic;
import org.fedbiot.cli.cluster.Cluster;
import org.fedbiot.cli.cluster.ClusterOptions;
import org.fedbiot.cli.output.Output;
import org.fedbiot.cli.simulation.LogFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes room, once a run is kept elsewhere. */
@Command(
        name = "delete",
        mixinStandardHelpOptions = true,
        description = "Remove an ended run's payloads from the log, once an archive is found to hold all of it. Its"
                + " decisions stay.")
public final class DeleteCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "RUN", description = "Id of the run.")
    private String runId;

    @Option(names = "--archive", paramLabel = "FILE", required = true, description = "Archive of the run.")
    private Path archive;

    @Mixin
    private ClusterOptions options;

    @Mixin
    private Output output;

    /**
     * What became of a run; the names of its JSON are public.
     *
     * @param done a sentence for each topic, and one for the run
     * @param keptBy runs that have to be deleted too before nothing of this one stays
     */
    private record Deleted(String runId, List<String> done, long freedBytes, long staysBytes, List<String> keptBy,
            List<FreedTopic> topics) {

        static Deleted of(String runId, List<FreedTopic> topics) {
            long freed = topics.stream().mapToLong(FreedTopic::freedBytes).sum();
            long stays = topics.stream().mapToLong(FreedTopic::staysBytes).sum();
            List<String> keptBy = topics.stream().flatMap(topic -> topic.keptBy().stream()).distinct().sorted()
                    .toList();
            List<String> done = new ArrayList<>(topics.stream().map(topic -> line(runId, topic)).toList());
            done.add("run %s: %,d bytes removed, %s".formatted(runId, freed, stays == 0 ? "nothing of it stays"
                    : "%,d bytes stay until deleted too: %s".formatted(stays, String.join(", ", keptBy))));
            return new Deleted(runId, List.copyOf(done), freed, stays, keptBy, topics);
        }

        private static String line(String runId, FreedTopic topic) {
            String stays = topic.staysRecords() == 0 ? "nothing of " + runId + " stays"
                    : "%,d records (%,d bytes) of %s stay behind records of %s, until those are deleted too".formatted(
                            topic.staysRecords(), topic.staysBytes(), runId, String.join(", ", topic.keptBy()));
            return "%-32s freed %,d records (%,d bytes); %s".formatted(topic.topic(), topic.freedRecords(),
                    topic.freedBytes(), stays);
        }
    }

    @Override
    public Integer call() {
        LogFile.open();
        Deleted deleted;
        try (Cluster cluster = options.open(runId)) {
            deleted = Deleted.of(runId, Deletion.run(cluster, runId, archive));
        }
        output.print(deleted, deleted::done);
        return 0;
    }
}
