package org.fedbiot.cli.access;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.output.Output;
import org.fedbiot.infra.strimzi.StrimziCluster;
import org.fedbiot.infra.strimzi.StrimziTopics;
import org.fedbiot.infra.strimzi.StrimziUsers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes what Strimzi is to make for a federation. */
@Command(
        name = "strimzi",
        mixinStandardHelpOptions = true,
        description = "Write the topics and the users with their access rules as resources for Strimzi: topics.yaml and"
                + " users.yaml. Asks no cluster.")
public final class StrimziCommand implements Callable<Integer> {

    @Mixin
    private PrincipalOptions principals;

    @Option(names = "--name", defaultValue = "fedbiot",
            description = "Of the resource Kafka (default: ${DEFAULT-VALUE}).")
    private String name;

    @Option(names = "--replicas", defaultValue = "3",
            description = "Copies of every partition (default: ${DEFAULT-VALUE}).")
    private short replicas;

    @Option(names = "--to", required = true, paramLabel = "DIR", description = "Where the files go.")
    private Path directory;

    @Mixin
    private Output output;

    /** What was written; the names of its JSON are public. */
    private record Written(List<String> files) {
    }

    @Override
    public Integer call() {
        try {
            StrimziCluster cluster = new StrimziCluster(name, replicas);
            List<String> files = List.of(write("topics.yaml", StrimziTopics.of(cluster)),
                    write("users.yaml", StrimziUsers.of(cluster, principals.plan())));
            output.print(new Written(files), () -> files);
            return 0;
        } catch (IllegalArgumentException e) {
            throw new UserError(e.getMessage(), e);
        }
    }

    private String write(String name, List<ObjectNode> resources) {
        Path file = directory.resolve(name);
        try {
            Files.createDirectories(directory);
            Files.writeString(file, StrimziCluster.yaml(resources));
        } catch (IOException e) {
            throw new UserError(file + ": cannot be written: " + e.getMessage(), e);
        }
        return file.toString();
    }
}
