package org.fedbiot.cli.experiment.cost;

import java.util.List;
import org.fedbiot.cli.run.RunCosts;
import org.fedbiot.learning.model.FactorLayout;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.worker.MethodOptions;

/**
 * Bytes of what one client fetches and sends, tensors alone.
 *
 * @param base the compressed model's weights, once
 * @param adapter factors of a version
 * @param emulator factors of a version
 * @param update of a round
 * @param allWeights of the full model, in the type that the run publishes weights in
 */
record ClientBytes(long base, long adapter, long emulator, long update, long allWeights) {

    static ClientBytes of(RunSpec spec, LlamaConfig config) {
        RunCosts costs = RunCosts.of(spec, config);
        LoraSpec lora = MethodOptions.lora(spec.getLora());
        return new ClientBytes(costs.bytesOnce(), factors(config, lora, spec.getSplit().getAdapterLayers()),
                factors(config, lora, spec.getSplit().getKeptLayers()), costs.bytesUp(),
                config.parameters() * MethodOptions.baseType(spec.getModel().getDataType()).bytes());
    }

    private static long factors(LlamaConfig config, LoraSpec lora, List<Integer> layers) {
        return layers.isEmpty() ? 0 : (long) FactorLayout.of(config, lora, layers).elements() * Float.BYTES;
    }
}
