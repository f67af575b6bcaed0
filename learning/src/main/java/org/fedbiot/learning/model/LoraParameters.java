package org.fedbiot.learning.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fedbiot.learning.torch.Gradients;
import org.fedbiot.learning.torch.HostValues;
import org.fedbiot.learning.torch.Primitives;

/** LoRA factors as fp32 arrays, keyed by full-model layer and projection. Owns its native memory. */
public final class LoraParameters implements AutoCloseable {
    private record Key(int modelLayer, Projection projection) {}

    private final NDManager manager;
    private final FactorLayout layout;
    private final LoraSpec spec;
    private final boolean trainable;
    private final List<NDArray> arrays = new ArrayList<>();
    private final Map<Key, LoraFactors> factors = new HashMap<>();

    /** @param trainable whether backward passes give these arrays gradients; dropout touches trainable factors only */
    public LoraParameters(NDManager parent, FactorVector values, LoraSpec spec, boolean trainable) {
        this.manager = parent.newSubManager();
        this.layout = values.layout();
        this.spec = spec;
        this.trainable = trainable;
        float[] all = values.values();
        int at = 0;
        for (FactorTensor tensor : layout.tensors()) {
            float[] part = new float[tensor.elements()];
            System.arraycopy(all, at, part, 0, part.length);
            try (NDArray part32 = manager.create(part, new Shape(tensor.rows(), tensor.columns()))) {
                NDArray array = Primitives.shared().copy(part32);
                array.setRequiresGradient(trainable);
                arrays.add(array);
            }
            at += part.length;
        }
        for (int i = 0; i < arrays.size(); i += 2) {
            FactorTensor a = layout.tensors().get(i);
            factors.put(new Key(a.modelLayer(), a.projection()), new LoraFactors(arrays.get(i), arrays.get(i + 1)));
        }
    }

    public FactorLayout layout() {
        return layout;
    }

    public LoraSpec spec() {
        return spec;
    }

    public boolean trainable() {
        return trainable;
    }

    /** The factors of one linear, or empty when it has none. */
    public Optional<LoraFactors> factors(int modelLayer, Projection projection) {
        return Optional.ofNullable(factors.get(new Key(modelLayer, projection)));
    }

    /** The leaves in layout order: what an optimiser takes. */
    public List<NDArray> arrays() {
        return List.copyOf(arrays);
    }

    /** A copy of the current values. */
    public FactorVector toVector() {
        return FactorVector.of(layout, flat(arrays));
    }

    /** A copy of the current gradients in the same layout. */
    public float[] gradients() {
        List<NDArray> gradients = arrays.stream().map(Gradients::of).toList();
        float[] all = flat(gradients);
        gradients.forEach(NDArray::close);
        return all;
    }

    private float[] flat(List<NDArray> parts) {
        float[] all = new float[layout.elements()];
        int at = 0;
        for (NDArray array : parts) {
            float[] part = HostValues.floats(array);
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    @Override
    public void close() {
        manager.close();
    }
}
