package org.fedbiot.cli.quickstart;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.fedbiot.cli.dashboard.PlantedClients;
import org.fedbiot.cli.simulation.LocalCluster;
import org.fedbiot.cli.simulation.Simulation;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.worker.client.ClientData;

/** A real run of the shipped model: three clients that work, and the two that {@link PlantedClients} plays. */
public final class PlantedRun {

    private final PreparedRun prepared;

    /** @param settings over those of a run of two rounds of three steps */
    public PlantedRun(Path directory, Map<String, String> settings) {
        RunOptions options = new RunOptions();
        options.model = ModelChoice.SHIPPED;
        Map<String, String> all = new TreeMap<>(Map.ofEntries(
                Map.entry("federation.clients", "[clinic, depot, cafe, harbour, quarry]"),
                Map.entry("federation.rounds", "2"),
                Map.entry("federation.quorum", "3"),
                Map.entry("federation.deadlineMillis", "8000"),
                Map.entry("federation.stallMillis", "3000"),
                Map.entry("aggregation.maxUpdateNorm", "100"),
                Map.entry("training.steps", "3"),
                Map.entry("alignment.preSteps", "4"),
                Map.entry("alignment.steps", "1"),
                Map.entry("evaluation.records", "24"),
                Map.entry("evaluation.exactMatchRecords", "0"),
                Map.entry("evaluation.everyRounds", "1")));
        all.putAll(settings);
        options.set = all;
        prepared = PreparedRun.of(options, directory, "planted");
    }

    public String runId() {
        return prepared.spec().getRunId();
    }

    /** @param beside told of the cluster before the run is submitted */
    public Simulation.Result start(Consumer<LocalCluster> beside) {
        RunSpec spec = prepared.spec();
        Map<String, ClientData> real = new TreeMap<>(prepared.text());
        real.keySet().removeAll(Set.of(PlantedClients.POISONER, PlantedClients.STUCK));
        return Simulation.run(prepared.directory(), prepared.directory().record(), spec, real, 0, entry -> { },
                cluster -> {
                    cluster.accompany(new PlantedClients(cluster.kafka()));
                    beside.accept(cluster);
                });
    }
}
