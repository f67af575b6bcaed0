package org.fedbiot.learning.method;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.fedbiot.learning.model.Decoder;
import org.fedbiot.learning.model.FactorLayout;
import org.fedbiot.learning.model.LayerRef;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.model.LlamaWeights;
import org.fedbiot.learning.model.LoraDropout;
import org.fedbiot.learning.model.LoraParameters;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.learning.model.PackedBatch;

/**
 * The parts of a split model, over the weights that this process holds. On the server all parts share the full model's
 * weights; a client holds the compressed model only, with layers renumbered from 0. Weights stay the caller's: nothing
 * here copies, changes or closes them, and they may be shared by threads. Closing a split model frees the decoder's
 * tables alone.
 */
public final class SplitModel implements AutoCloseable {

    private final LlamaWeights weights;
    private final Decoder decoder;
    private final LayerSplit split;
    private final boolean full;

    private SplitModel(LlamaWeights weights, LayerSplit split, boolean full) {
        int expected = full ? split.layers() : split.heldLayers().size();
        if (weights.config().layers() != expected) {
            throw new IllegalArgumentException("Split of a model with " + split.layers() + " layers holds " + expected
                    + (full ? " on the server" : " on a client") + ", the weights have " + weights.config().layers());
        }
        this.weights = weights;
        this.decoder = new Decoder(weights);
        this.split = split;
        this.full = full;
    }

    /** Over the full model's weights. */
    public static SplitModel onServer(LlamaWeights full, LayerSplit split) {
        return new SplitModel(full, split, true);
    }

    /** Over a compressed model's weights, layer i of which is {@code split.heldLayers().get(i)}. */
    public static SplitModel onClient(LlamaWeights compressed, LayerSplit split) {
        return new SplitModel(compressed, split, false);
    }

    /** Adapter layers before the stack; none in FedBiOT. */
    public List<LayerRef> frontAdapter() {
        return refs(split.frontAdapterLayers());
    }

    /** The layers that clients hold in place of the teacher stack. */
    public List<LayerRef> emulator() {
        return refs(split.keptLayers());
    }

    /** The whole stack. */
    public List<LayerRef> teacher() {
        if (!full) {
            throw new IllegalStateException("A client holds no teacher stack");
        }
        return refs(split.teacherLayers());
    }

    /** Adapter layers after the stack. */
    public List<LayerRef> backAdapter() {
        return refs(split.backAdapterLayers());
    }

    /** All layers of the compressed model in order: front adapter, emulator, back adapter. */
    public List<LayerRef> compressed() {
        return refs(split.heldLayers());
    }

    /** All layers of the full model in order. */
    public List<LayerRef> full() {
        return Stream.of(frontAdapter(), teacher(), backAdapter()).flatMap(List::stream).toList();
    }

    /** Runs layers, of which there may be none; the result belongs to the batch. */
    NDArray run(List<LayerRef> layers, NDArray hidden, PackedBatch batch, List<LoraParameters> lora,
            Optional<LoraDropout> dropout) {
        return layers.isEmpty() ? hidden : decoder.layers(layers, hidden, batch, lora, dropout);
    }

    /** Whether this process holds the full model. */
    public boolean holdsFull() {
        return full;
    }

    /** How the model is cut. */
    public LayerSplit split() {
        return split;
    }

    /** The weights that this process holds. */
    public LlamaWeights weights() {
        return weights;
    }

    /** Shape of what this process holds. */
    public LlamaConfig config() {
        return weights.config();
    }

    /** The forward pass over these weights. */
    public Decoder decoder() {
        return decoder;
    }

    /** Layout of the adapter's factors; the same on server and clients. */
    public FactorLayout adapterLayout(LoraSpec lora) {
        return FactorLayout.of(config(), lora, split.adapterLayers());
    }

    /** Layout of the emulator's factors; the same on server and clients. */
    public FactorLayout emulatorLayout(LoraSpec lora) {
        return FactorLayout.of(config(), lora, split.keptLayers());
    }

    @Override
    public void close() {
        decoder.close();
    }

    private List<LayerRef> refs(List<Integer> modelLayers) {
        List<Integer> held = full ? IntStream.range(0, split.layers()).boxed().toList() : split.heldLayers();
        return modelLayers.stream().map(layer -> new LayerRef(held.indexOf(layer), layer)).toList();
    }
}
