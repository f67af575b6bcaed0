package org.fedbiot.cli.run;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.fedbiot.coordinator.RunPlan;
import org.fedbiot.learning.model.FactorLayout;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.schemas.event.AlignmentSettings;
import org.fedbiot.schemas.event.DataType;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.integrity.ShardPlan;
import org.fedbiot.schemas.payload.ShardCodec;
import org.fedbiot.worker.MethodOptions;

/**
 * What a run will cost, by arithmetic alone; the names of its JSON are public. Bytes are of tensors, without record
 * headers, manifests and the model's small files.
 *
 * @param layersHeld of the full model, by a client
 * @param exposedShare of the full model's parameters that a client holds, by this run alone
 * @param bytesOnce base weights that a client fetches once
 * @param bytesUp adapter update of a client in a round, as the run's codec encodes it
 * @param bytesDown adapter and emulator versions that a client fetches in a round, fp32
 * @param alignmentSteps of the server, the first alignment's too
 */
public record RunCosts(int rounds, int clients, int clientStepsPerRound, int clientStepsInAll, int alignmentSteps,
        int layersHeld, int layers, double exposedShare, long bytesOnce, long bytesUp, long bytesDown) {

    private static final int BFLOAT16_BYTES = 2;

    public static RunCosts of(RunSpec spec, LlamaConfig config) {
        LoraSpec lora = MethodOptions.lora(spec.getLora());
        List<Integer> kept = spec.getSplit().getKeptLayers();
        List<Integer> adapter = spec.getSplit().getAdapterLayers();
        long adapterBytes = bytes(config, lora, adapter);
        ShardPlan cut = new ShardPlan((int) (adapterBytes / Float.BYTES), spec.getAggregation().getShardBytes());
        long held = (long) (kept.size() + adapter.size()) * config.layerParameters() + config.otherParameters();
        int rounds = spec.getFederation().getRounds();
        int steps = spec.getTraining().getSteps();
        int perRound = spec.getFederation().getClientsPerRound();
        AlignmentSettings alignment = spec.getAlignment();
        boolean realigned = alignment.getSteps() > 0;
        return new RunCosts(rounds, perRound == 0 ? spec.getFederation().getClients().size() : perRound, steps,
                Math.multiplyExact(rounds, steps), alignment.getPreSteps() + alignment.getSteps()
                        * (int) IntStream.rangeClosed(1, rounds).filter(new RunPlan(spec)::alignsBefore).count(), kept.size() + adapter.size(), config.layers(),
                (double) held / config.parameters(),
                held * (spec.getModel().getDataType() == DataType.BFLOAT16 ? BFLOAT16_BYTES : Float.BYTES),
                ShardCodec.of(spec.getAggregation().getUpdateCodec()).bytes(cut),
                adapterBytes + (realigned ? bytes(config, lora, kept) : 0));
    }

    private static long bytes(LlamaConfig config, LoraSpec lora, List<Integer> layers) {
        return (long) FactorLayout.of(config, lora, layers).elements() * Float.BYTES;
    }

    List<String> lines() {
        return List.of(
                line("rounds", "%,d of %d clients", rounds, clients),
                line("steps of a client", "%,d a round, %,d in all", clientStepsPerRound, clientStepsInAll),
                line("alignment steps of the server", "%,d", alignmentSteps),
                line("layers that a client holds", "%d of %d, %.1f %% of the parameters", layersHeld, layers,
                        100 * exposedShare),
                line("a client fetches once", "%,d bytes", bytesOnce),
                line("a client sends a round", "%,d bytes", bytesUp),
                line("a client fetches a round", "%,d bytes", bytesDown));
    }

    private static String line(String name, String format, Object... values) {
        return String.format(Locale.ROOT, "%-30s " + format, Stream.concat(Stream.of(name), Stream.of(values)).toArray());
    }
}
