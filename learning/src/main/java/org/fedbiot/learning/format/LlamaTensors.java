package org.fedbiot.learning.format;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.model.LlamaWeights;
import org.fedbiot.learning.model.TensorSource;

/** Which tensors a file of a LLaMA model must hold, and which it may. */
final class LlamaTensors {
    private LlamaTensors() { }

    /** Shape by Hugging Face name, in the order of the forward pass; the head only when it is not the embedding. */
    static Map<String, long[]> shapes(LlamaConfig config) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        LlamaWeights.shapes(config).forEach((name, shape) -> shapes.put(name, shape.getShape()));
        return shapes;
    }

    /** Refuses a missing tensor, a wrong shape, and a tensor that the model code would not use. */
    static void check(Path location, LlamaConfig config, TensorSource tensors) {
        Map<String, long[]> expected = shapes(config);
        expected.forEach((name, shape) -> {
            if (!tensors.names().contains(name)) {
                throw new BadInputException(location, "no tensor " + name + ", which its config asks for");
            }
            if (!Arrays.equals(tensors.shape(name), shape)) {
                throw new BadInputException(location, "tensor " + name + " has shape "
                        + Arrays.toString(tensors.shape(name)) + ", by the config it must be "
                        + Arrays.toString(shape));
            }
        });
        for (String name : tensors.names()) {
            // A tied model may still carry its head, and old files the rotation table: both follow from the rest.
            boolean derived = name.equals(LlamaWeights.HEAD) || name.endsWith(".rotary_emb.inv_freq");
            if (!expected.containsKey(name) && !derived) {
                throw new BadInputException(location, "tensor " + name + " has no place in a LLaMA model of this shape");
            }
        }
    }
}
