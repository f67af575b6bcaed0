package org.fedbiot.learning.format;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.model.Decoder;
import org.fedbiot.learning.model.FactorLayout;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.learning.model.LayerRef;
import org.fedbiot.learning.model.LlamaWeights;
import org.fedbiot.learning.model.LoraParameters;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.learning.model.PackedBatch;
import org.fedbiot.learning.model.Projection;
import org.fedbiot.learning.torch.Torch;

/**
 * Makes what peft_check.py compares: from a model (or a tiny one, without arguments beyond the target) a base
 * directory, an adapter of its last two layers with drawn factors, the merged model, and this project's logits.
 */
final class ExportedLogits {
    private static final LoraSpec SPEC = new LoraSpec(4, 8, 0, List.of(Projection.values()));

    private ExportedLogits() { }

    public static void main(String[] arguments) throws IOException {
        Path target = Path.of(arguments[0]);
        Files.createDirectories(target);
        if (arguments.length > 1) {
            write(target, BaseModel.open(Path.of(arguments[1])));
        } else {
            TinyModel tiny = new TinyModel(false, 11);
            ModelDirectory.write(target.resolve("tiny"), tiny.config(), tiny, tiny.tokenizer(), BaseType.FLOAT32);
            write(target, BaseModel.open(target.resolve("tiny")));
        }
    }

    static void write(Path target, BaseModel model) throws IOException {
        FactorVector factors = drawn(layout(model));
        ModelDirectory.write(target.resolve("base"), model.config(), model.tensors(), model.tokenizerFiles(),
                BaseType.FLOAT32);
        PeftExport.write(target.resolve("adapter"), target.resolve("base").toString(), SPEC, factors);
        MergedExport.write(target.resolve("merged"), model, SPEC, factors, BaseType.FLOAT32);

        Random random = new Random(5);
        int[] tokens = random.ints(12, 0, model.config().vocabularySize()).toArray();
        float[] logits = logits(model, factors, tokens);
        ObjectNode out = new ObjectMapper().createObjectNode();
        ArrayNode ids = out.putArray("tokens");
        Arrays.stream(tokens).forEach(ids::add);
        ArrayNode rows = out.putArray("logits");
        int width = logits.length / tokens.length;
        for (int row = 0; row < tokens.length; row++) {
            ArrayNode values = rows.addArray();
            for (int column = 0; column < width; column++) {
                values.add(logits[row * width + column]);
            }
        }
        Files.writeString(target.resolve("logits.json"), out.toString());
    }

    /** Factors of the last two layers. */
    static FactorLayout layout(BaseModel model) {
        int layers = model.config().layers();
        return FactorLayout.of(model.config(), SPEC, List.of(layers - 2, layers - 1));
    }

    /** Rows of logits of this project's decoder, fp32, with the factors on; [tokens, vocabulary] row-major. */
    static float[] logits(BaseModel model, FactorVector factors, int[] tokens) {
        Torch.start();
        Torch.useThreads(1);
        List<LayerRef> layers = IntStream.range(0, model.config().layers()).mapToObj(i -> new LayerRef(i, i)).toList();
        try (LlamaWeights weights = LlamaWeights.load(model.config(), model.tensors(), BaseType.FLOAT32);
                Decoder decoder = new Decoder(weights);
                NDManager manager = Torch.newManager();
                LoraParameters lora = new LoraParameters(manager, factors, SPEC, false);
                PackedBatch batch = PackedBatch.of(manager, List.of(tokens))) {
            NDArray hidden = decoder.layers(layers, decoder.embed(batch), batch, List.of(lora), Optional.empty());
            return decoder.logits(hidden).toFloatArray();
        }
    }

    private static FactorVector drawn(FactorLayout layout) {
        float[] values = new float[layout.elements()];
        Random random = new Random(3);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian() * 0.1f;
        }
        return FactorVector.of(layout, values);
    }
}
