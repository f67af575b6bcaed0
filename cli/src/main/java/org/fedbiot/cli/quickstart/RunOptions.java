package org.fedbiot.cli.quickstart;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.fedbiot.cli.settings.SettingsTree;
import picocli.CommandLine.Option;

/** Options that every command which runs the pipeline takes. */
final class RunOptions {

    @Option(names = "--model", paramLabel = "NAME|PATH", defaultValue = ModelChoice.SHIPPED,
            description = "The shipped fedbiot-small (default), a pulled model's name, a Hugging Face directory or a"
                    + " GGUF file.")
    String model;

    @Option(names = "--settings", paramLabel = "FILE",
            description = "A run's YAML instead of the model's preset.")
    Path settings;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Set one key, such as training.steps=20.")
    Map<String, String> set = new LinkedHashMap<>();

    @Option(names = "--clients-data", paramLabel = "FILE",
            description = "Private text, JSONL, dealt to the clients by data.partition.")
    Path clientsData;

    @Option(names = "--eval-data", paramLabel = "FILE", description = "The model owner's evaluation set, JSONL.")
    Path evaluationData;

    @Option(names = "--public-data", paramLabel = "FILE", description = "Public text for alignment, JSONL.")
    Path publicData;

    @Option(names = "--port", defaultValue = "0", description = "Port of the broker; 0 (default) takes a free one.")
    int port;

    SettingsTree tree(ModelChoice choice) {
        SettingsTree tree = settings == null ? SettingsTree.ofPreset(choice.preset()) : SettingsTree.ofFile(settings);
        return tree.with(set);
    }
}
