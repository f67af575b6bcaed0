package org.fedbiot.observer;

import java.util.List;
import org.fedbiot.schemas.event.AggregationRule;
import org.fedbiot.schemas.event.DataType;
import org.fedbiot.schemas.event.RunSpec;

/**
 * What of a run's spec is worth showing.
 *
 * @param originRunId of a fork, else empty
 * @param layerBytes one decoder layer's weights, in the type in which they travel
 */
public record SpecSummary(
        String model,
        DataType dataType,
        int layers,
        long layerBytes,
        List<Integer> keptLayers,
        List<Integer> adapterLayers,
        int loraRank,
        double loraAlpha,
        List<String> loraTargets,
        int rounds,
        int steps,
        double learningRate,
        int alignmentSteps,
        List<String> clients,
        int clientsPerRound,
        int quorum,
        long deadlineMillis,
        long stallMillis,
        AggregationRule rule,
        double maxUpdateNorm,
        long seed,
        String originRunId) {

    private static final int FLOAT32_BYTES = 4;
    private static final int BFLOAT16_BYTES = 2;

    public SpecSummary {
        keptLayers = List.copyOf(keptLayers);
        adapterLayers = List.copyOf(adapterLayers);
        loraTargets = List.copyOf(loraTargets);
        clients = List.copyOf(clients);
    }

    static SpecSummary of(RunSpec spec) {
        int elementBytes = spec.getModel().getDataType() == DataType.BFLOAT16 ? BFLOAT16_BYTES : FLOAT32_BYTES;
        return new SpecSummary(spec.getModel().getName(), spec.getModel().getDataType(), spec.getModel().getLayers(),
                spec.getModel().getLayerParameters() * elementBytes, spec.getSplit().getKeptLayers(),
                spec.getSplit().getAdapterLayers(), spec.getLora().getRank(), spec.getLora().getAlpha(),
                spec.getLora().getTargets(), spec.getFederation().getRounds(), spec.getTraining().getSteps(),
                spec.getTraining().getLearningRate(), spec.getAlignment().getSteps(),
                spec.getFederation().getClients(), spec.getFederation().getClientsPerRound(),
                spec.getFederation().getQuorum(), spec.getFederation().getDeadlineMillis(),
                spec.getFederation().getStallMillis(), spec.getAggregation().getRule(),
                spec.getAggregation().getMaxUpdateNorm(), spec.getSeed(),
                spec.getOriginRunId() == null ? "" : spec.getOriginRunId());
    }

    /** Weights of all the adapter's layers: what a client would hand in if it sent layers. */
    public long adapterBytes() {
        return layerBytes * adapterLayers.size();
    }

    /** Weights of all the emulator's layers. */
    public long emulatorBytes() {
        return layerBytes * keptLayers.size();
    }
}
