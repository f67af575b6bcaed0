package org.fedbiot.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.fedbiot.learning.format.SafetensorsFile;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.model.Decoder;
import org.fedbiot.learning.model.LayerRef;
import org.fedbiot.learning.model.LlamaWeights;
import org.fedbiot.learning.model.LoraParameters;
import org.fedbiot.learning.model.PackedBatch;
import org.fedbiot.learning.torch.AdamW;
import org.fedbiot.learning.torch.ChunkedRows;
import org.fedbiot.learning.torch.ComputeDevice;
import org.fedbiot.learning.torch.Gradients;
import org.fedbiot.learning.torch.HostValues;
import org.fedbiot.learning.torch.Primitives;
import org.fedbiot.learning.torch.Torch;

/** This project's side. */
final class OurStep implements Peer {
    /** Logit elements in memory at once, as local training has it. */
    private static final int CHUNK_ELEMENTS = 1 << 23;

    private final Primitives primitives = Primitives.shared();
    private final StepModel model;
    private final LlamaWeights weights;
    private final Decoder decoder;
    private final NDManager manager;
    private final LoraParameters lora;
    private final AdamW adam;

    OurStep(StepModel model, Path directory, BaseType type, ComputeDevice device) {
        this.model = model;
        this.weights = LlamaWeights.load(model.config(), SafetensorsFile.open(model.weightsFile(directory)), type, device);
        this.decoder = new Decoder(weights);
        this.manager = Torch.newManager(device);
        this.lora = new LoraParameters(manager, model.factors(), StepModel.LORA, true);
        this.adam = new AdamW(manager, new AdamW.Settings(1e-4, .9, .95, 1e-8, .01), lora.arrays());
    }

    @Override
    public Measurement forward(StepShape shape) {
        List<int[]> tokens = shape.tokens(model.config().vocabularySize());
        long start = System.nanoTime();
        try (PackedBatch batch = PackedBatch.of(manager, tokens)) {
            NDArray hidden = decoder.layers(layers(0, model.config().layers()), decoder.embed(batch), batch, List.of(), Optional.empty());
            NDArray logits = decoder.logits(hidden);
            awaitDevice();
            double seconds = seconds(start);
            int[] targets = targets(tokens);
            // Rows that predict nothing count nothing; the loss is a check and outside the time.
            double loss = HostValues.scalar(primitives.crossEntropySum(logits, batch.index(targets))) / counted(shape);
            return new Measurement(seconds, loss);
        }
    }

    @Override
    public Measurement loraStep(StepShape shape) {
        List<int[]> tokens = shape.tokens(model.config().vocabularySize());
        int[] targets = targets(tokens);
        long start = System.nanoTime();
        Gradients.zero(lora.arrays());
        try (PackedBatch batch = PackedBatch.of(manager, tokens)) {
            double loss;
            try (Gradients gradients = Gradients.record()) {
                int split = model.emulatorLayers();
                NDArray emulated = decoder.layers(layers(0, split), decoder.embed(batch), batch, List.of(), Optional.empty());
                NDArray hidden = decoder.layers(layers(split, split + model.adapterLayers()), emulated, batch, List.of(lora), Optional.empty());
                int chunkRows = Math.max(1, CHUNK_ELEMENTS / model.config().vocabularySize());
                try (ChunkedRows.Slope slope = ChunkedRows.slope(gradients, hidden, chunkRows, (rows, from, to) -> primitives.scale(
                        primitives.crossEntropySum(decoder.logits(rows), batch.index(Arrays.copyOfRange(targets, from, to))), 1.0 / counted(shape)))) {
                    gradients.backward(hidden, slope.gradient());
                    loss = slope.value();
                }
            }
            adam.step();
            awaitDevice();
            return new Measurement(seconds(start), loss);
        }
    }

    /** A device other than the CPU works behind the caller's back until a value is read. */
    private void awaitDevice() {
        if (!weights.device().isCpu()) {
            HostValues.floats(lora.arrays().get(0));
        }
    }

    private static List<LayerRef> layers(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> new LayerRef(i, i)).toList();
    }

    private static int[] targets(List<int[]> sequences) {
        return sequences.stream().flatMapToInt(tokens -> IntStream.concat(Arrays.stream(tokens, 1, tokens.length), IntStream.of(-100))).toArray();
    }

    private static int counted(StepShape shape) {
        return shape.sequences() * (shape.length() - 1);
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    @Override
    public void close() {
        adam.close();
        lora.close();
        manager.close();
        decoder.close();
        weights.close();
    }
}
