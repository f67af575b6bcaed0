package org.fedbiot.cli.access;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.fedbiot.cli.UserError;
import org.fedbiot.infra.strimzi.StrimziCluster;
import org.fedbiot.infra.strimzi.StrimziTopics;
import org.fedbiot.infra.strimzi.StrimziUsers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes what Strimzi is to make for a federation. */
@Command(
        name = "strimzi",
        mixinStandardHelpOptions = true,
        description = "Write the topics and the users with their access rules as resources for Strimzi: topics.yaml and"
                + " users.yaml. Asks no cluster.")
public final class StrimziCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

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

    @Override
    public Integer call() {
        try {
            StrimziCluster cluster = new StrimziCluster(name, replicas);
            write("topics.yaml", StrimziTopics.of(cluster));
            write("users.yaml", StrimziUsers.of(cluster, principals.plan()));
            return 0;
        } catch (IllegalArgumentException e) {
            throw new UserError(e.getMessage(), e);
        }
    }

    private void write(String name, List<ObjectNode> resources) {
        Path file = directory.resolve(name);
        try {
            Files.createDirectories(directory);
            Files.writeString(file, StrimziCluster.yaml(resources));
        } catch (IOException e) {
            throw new UserError(file + ": cannot be written: " + e.getMessage(), e);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(file);
        out.flush();
    }
}
