package org.fedbiot.learning.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.net.URISyntaxException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Offset;
import org.fedbiot.learning.format.SafetensorsFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdamWTest {
    private static final AdamW.Settings SETTINGS = new AdamW.Settings(2e-3, 0.9, 0.95, 1e-8, 0.01);
    private static final int STEPS = 6;
    private final Primitives primitives = Primitives.shared();
    private SafetensorsFile expected;

    @BeforeEach
    void open() throws URISyntaxException {
        Torch.useThreads(1);
        expected = SafetensorsFile.open(Path.of(AdamWTest.class.getResource("/golden/expected.safetensors").toURI()));
    }

    @Test
    void shouldFollowPyTorchStepByStepWithClipping() {
        try (NDManager manager = Torch.newManager()) {
            List<NDArray> parameters = parameters(manager);
            float[] norms = floats("adamw.norms");
            try (AdamW adam = new AdamW(manager, SETTINGS, parameters)) {
                for (int step = 0; step < STEPS; step++) {
                    setGradients(manager, parameters, step);
                    if (step % 2 == 1) {
                        assertThat((float) Gradients.clip(parameters, 0.5)).isCloseTo(norms[step / 2], Offset.offset(1e-5f * norms[step / 2]));
                    }
                    adam.step();
                    assertParameters(parameters, step);
                }
            }
        }
    }

    @Test
    void shouldGoOnFromAnExportedState() {
        try (NDManager manager = Torch.newManager()) {
            List<NDArray> parameters = parameters(manager);
            AdamW.State state = null;
            for (int step = 0; step < STEPS; step++) {
                // A new optimiser for every step: all it knows is the state of the one before.
                try (AdamW adam = new AdamW(manager, SETTINGS, parameters)) {
                    if (state != null) {
                        adam.restore(state);
                    }
                    setGradients(manager, parameters, step);
                    if (step % 2 == 1) {
                        Gradients.clip(parameters, 0.5);
                    }
                    adam.step();
                    state = adam.state();
                }
            }
            assertParameters(parameters, STEPS - 1);
            assertThat(state.steps()).isEqualTo(STEPS);
        }
    }

    @Test
    void shouldClearGradientsThatAreNotNumbers() {
        try (NDManager manager = Torch.newManager()) {
            NDArray leaf = manager.create(new float[] {1, 2});
            leaf.setRequiresGradient(true);
            backward(manager, leaf, new float[] {Float.NaN, 1});

            Gradients.zero(List.of(leaf));
            backward(manager, leaf, new float[] {3, 4});

            assertThat(Gradients.of(leaf).toFloatArray()).containsExactly(3, 4);
        }
    }

    private List<NDArray> parameters(NDManager manager) {
        List<NDArray> parameters = List.of(
                manager.create(floats("adamw.parameter.0"), new Shape(3, 4)), manager.create(floats("adamw.parameter.1")));
        parameters.forEach(parameter -> parameter.setRequiresGradient(true));
        return parameters;
    }

    private void setGradients(NDManager manager, List<NDArray> parameters, int step) {
        Gradients.zero(parameters);
        for (int i = 0; i < parameters.size(); i++) {
            backward(manager, parameters.get(i), floats("adamw.gradient." + step + "." + i));
        }
    }

    private void backward(NDManager manager, NDArray leaf, float[] gradient) {
        try (Gradients gradients = Gradients.record()) {
            gradients.backward(primitives.productSum(leaf, manager.create(gradient, leaf.getShape())));
        }
    }

    private void assertParameters(List<NDArray> parameters, int step) {
        for (int i = 0; i < parameters.size(); i++) {
            float[] found = parameters.get(i).toFloatArray();
            float[] wanted = floats("adamw.after." + step + "." + i);
            for (int j = 0; j < wanted.length; j++) {
                assertThat(found[j]).as("step %d, parameter %d, element %d", step, i, j).isCloseTo(wanted[j], within(3e-7f));
            }
        }
    }

    private float[] floats(String name) {
        FloatBuffer buffer = expected.float32(name).asFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }
}
