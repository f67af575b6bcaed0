package org.fedbiot.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.fedbiot.learning.format.ElementType;
import org.fedbiot.learning.format.SafetensorsWriter;
import org.fedbiot.learning.format.TensorDeclaration;
import org.fedbiot.learning.model.FactorLayout;
import org.fedbiot.learning.model.FactorTensor;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.model.LlamaWeights;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.learning.model.Projection;

/**
 * What both sides compute: a shape, a stack of the first {@code emulatorLayers} frozen and the next
 * {@code adapterLayers} trained, and random weights in files that both read.
 */
record StepModel(LlamaConfig config, int emulatorLayers, int adapterLayers) {
    static final LoraSpec LORA = new LoraSpec(8, 16, 0, List.of(Projection.values()));
    private static final long SEED = 17;

    /** SmolLM2-135M, and the stack of 12 emulator layers and 6 adapter layers. */
    static StepModel smolLm2() {
        return new StepModel(new LlamaConfig(49152, 576, 1536, 30, 9, 3, 64, 100_000, 1e-5, true, 8192), 12, 6);
    }

    /** A few seconds' worth, to see that everything runs. */
    static StepModel tiny() {
        return new StepModel(new LlamaConfig(512, 64, 160, 4, 4, 2, 16, 10_000, 1e-5, true, 1024), 2, 2);
    }

    List<Integer> adapter() {
        return IntStream.range(emulatorLayers, emulatorLayers + adapterLayers).boxed().toList();
    }

    FactorLayout layout() {
        return FactorLayout.of(config, LORA, adapter());
    }

    /** Factors with a B that is not zero, so that every gradient is at work from the first step. */
    FactorVector factors() {
        float[] a = FactorVector.initial(layout(), SEED).values();
        int at = 0;
        for (FactorTensor tensor : layout().tensors()) {
            for (int i = 0; i < tensor.elements() && !tensor.isA(); i++) {
                a[at + i] = 0.01f * (((i * 31) % 17) - 8) / 8;
            }
            at += tensor.elements();
        }
        return FactorVector.of(layout(), a);
    }

    Path weightsFile(Path directory) {
        return directory.resolve("weights-" + config.hiddenSize() + "x" + config.layers() + ".safetensors");
    }

    Path factorsFile(Path directory) {
        return directory.resolve("factors-" + config.hiddenSize() + "x" + adapterLayers + ".safetensors");
    }

    /** Writes both files where they are missing. */
    void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        if (!Files.exists(weightsFile(directory))) {
            try (LlamaWeights weights = LlamaWeights.initial(config, SEED)) {
                List<TensorDeclaration> tensors = new ArrayList<>();
                weights.names().forEach(name -> tensors.add(TensorDeclaration.of(name, ElementType.F32, weights.get(name).getShape().getShape())));
                try (SafetensorsWriter writer = SafetensorsWriter.create(weightsFile(directory), tensors, Map.of())) {
                    for (String name : weights.names()) {
                        writer.write(name, 0, weights.bytes(name));
                    }
                    writer.commit();
                }
            }
        }
        List<TensorDeclaration> tensors = layout().tensors().stream()
                .map(tensor -> TensorDeclaration.of(tensor.name(), ElementType.F32, tensor.rows(), tensor.columns())).toList();
        try (SafetensorsWriter writer = SafetensorsWriter.create(factorsFile(directory), tensors, Map.of())) {
            ByteBuffer all = ByteBuffer.allocate(layout().elements() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            all.asFloatBuffer().put(factors().values());
            int at = 0;
            for (TensorDeclaration tensor : tensors) {
                int bytes = Math.toIntExact(tensor.bytes());
                writer.write(tensor.name(), 0, all.slice(at, bytes));
                at += bytes;
            }
            writer.commit();
        }
    }
}
