package org.fedbiot.learning.format;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.fedbiot.learning.model.FactorTensor;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.learning.model.Projection;

/**
 * Trained factors as a directory that Hugging Face PEFT loads onto the full model. Layers stand under their full-model
 * index and {@code layers_to_transform} names them: without it PEFT would put factors into every layer.
 */
public final class PeftExport {
    public static final String WEIGHTS = "adapter_model.safetensors";
    public static final String CONFIG = "adapter_config.json";
    public static final String README = "README.md";
    private static final ObjectMapper JSON = new ObjectMapper();

    private PeftExport() { }

    /**
     * @param target written whole or not at all
     * @param baseName what PEFT shall load the adapter onto: a Hugging Face id or a directory
     * @param factors of full-model layers; every layer in it must have every target of {@code spec}
     */
    public static void write(Path target, String baseName, LoraSpec spec, FactorVector factors) throws IOException {
        List<Integer> layers = factors.layout().tensors().stream().map(FactorTensor::modelLayer).distinct().toList();
        int expected = 2 * layers.size() * spec.targets().size();
        if (factors.layout().tensors().size() != expected) {
            throw new IllegalArgumentException("factors of " + layers.size() + " layers and " + spec.targets().size()
                    + " targets must be " + expected + " tensors, they are " + factors.layout().tensors().size());
        }
        try (StagedDirectory directory = StagedDirectory.create(target)) {
            writeWeights(directory.path().resolve(WEIGHTS), factors);
            Files.write(directory.path().resolve(CONFIG), config(baseName, spec, layers));
            Files.writeString(directory.path().resolve(README), readme(baseName, spec, layers));
            directory.commit();
        }
    }

    private static void writeWeights(Path file, FactorVector factors) throws IOException {
        List<TensorDeclaration> declarations = new ArrayList<>();
        for (FactorTensor tensor : factors.layout().tensors()) {
            declarations.add(TensorDeclaration.of(peftName(tensor), ElementType.F32, tensor.rows(), tensor.columns()));
        }
        float[] values = factors.values();
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, declarations, Map.of("format", "pt"))) {
            int at = 0;
            for (FactorTensor tensor : factors.layout().tensors()) {
                writer.write(peftName(tensor), 0, LittleEndianFloats.bytes(values, at, tensor.elements()));
                at += tensor.elements();
            }
            writer.commit();
        }
    }

    private static String peftName(FactorTensor tensor) {
        return "base_model.model.model." + tensor.name() + ".weight";
    }

    private static byte[] config(String baseName, LoraSpec spec, List<Integer> layers) {
        ObjectNode config = JSON.createObjectNode();
        config.putObject("alpha_pattern");
        config.putNull("auto_mapping").put("base_model_name_or_path", baseName).put("bias", "none")
                .put("fan_in_fan_out", false).put("inference_mode", true).put("init_lora_weights", true)
                .put("layers_pattern", "layers");
        ArrayNode layerList = config.putArray("layers_to_transform");
        layers.forEach(layerList::add);
        if (spec.alpha() == Math.rint(spec.alpha())) {
            config.put("lora_alpha", (long) spec.alpha());
        } else {
            config.put("lora_alpha", spec.alpha());
        }
        config.put("lora_dropout", spec.dropout()).putNull("modules_to_save").put("peft_type", "LORA")
                .put("r", spec.rank());
        config.putObject("rank_pattern");
        config.putNull("revision");
        ArrayNode targets = config.putArray("target_modules");
        spec.targets().stream().map(Projection::shortName).forEach(targets::add);
        config.put("task_type", "CAUSAL_LM").put("use_dora", false).put("use_rslora", false);
        return (config.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static String readme(String baseName, LoraSpec spec, List<Integer> layers) {
        String targets = spec.targets().stream().map(Projection::shortName).collect(Collectors.joining(", "));
        return """
                ---
                base_model: %1$s
                library_name: peft
                pipeline_tag: text-generation
                tags: [lora, federated, fedbiot]
                ---
                # LoRA adapter trained with FedBiOT

                Several owners of private text trained these factors against an emulator of the base model; neither
                their text nor the full model was exchanged.

                - base model: `%1$s`
                - layers (of the full model): %2$s
                - rank %3$d, alpha %4$s, targets %5$s

                ```python
                from peft import PeftModel
                from transformers import AutoModelForCausalLM

                base = AutoModelForCausalLM.from_pretrained("%1$s")
                model = PeftModel.from_pretrained(base, "path/to/this/directory")
                ```
                """.formatted(baseName, layers, spec.rank(), spec.alpha(), targets);
    }
}
