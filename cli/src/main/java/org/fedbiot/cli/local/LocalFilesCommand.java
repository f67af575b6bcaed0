package org.fedbiot.cli.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.output.Output;
import org.fedbiot.cli.simulation.DealtText;
import org.fedbiot.learning.data.JsonlWriter;
import org.fedbiot.learning.data.generated.GeneratedSets;
import org.fedbiot.learning.data.generated.PublicText;
import org.fedbiot.worker.client.ClientData;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a local cluster's files, with text of this project's own making for its clients. */
@Command(
        name = "files",
        mixinStandardHelpOptions = true,
        description = "Write settings, secrets, certificates and keys for every process of a cluster on this machine, and"
                + " generated text for its clients, as the model fedbiot-small is tuned on.")
public final class LocalFilesCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "DIR", description = "Made for it; must not hold one yet.")
    private Path directory;

    @Option(names = "--brokers", defaultValue = "3", description = "Nodes of Kafka (default: ${DEFAULT-VALUE}).")
    private int brokers;

    @Option(names = "--aggregators", defaultValue = "2",
            description = "How many share the work (default: ${DEFAULT-VALUE}).")
    private int aggregators;

    @Option(names = "--clients", split = ",", defaultValue = "clinic,depot,cafe",
            description = "Their ids, separated by commas (default: ${DEFAULT-VALUE}).")
    private List<String> clients;

    @Mixin
    private Output output;

    @Override
    public Integer call() {
        List<LocalProcess> processes = LocalClusterFiles.write(directory, layout());
        writeText();
        output.print(processes, () -> processes.stream().map(process -> process.name() + " " + process.command())
                .toList());
        return 0;
    }

    private Layout layout() {
        try {
            return new Layout(brokers, aggregators, clients);
        } catch (IllegalArgumentException e) {
            throw new UserError(e.getMessage(), e);
        }
    }

    private void writeText() {
        DealtText dealt = new DealtText(null, "B", "iid", 1, 0, clients);
        GeneratedSets sets = dealt.generated(PublicText.GENERAL);
        for (Map.Entry<String, ClientData> client : dealt.deal(sets.train(), sets.test(), 0).entrySet()) {
            Path home = LocalClusterFiles.client(directory, client.getKey());
            try {
                JsonlWriter.write(home.resolve("train.jsonl"), client.getValue().training());
                JsonlWriter.write(home.resolve("held-out.jsonl"), client.getValue().heldOut());
            } catch (IOException e) {
                throw new UserError(home + ": cannot be written: " + e.getMessage(), e);
            }
        }
    }
}
