package org.fedbiot.cli.settings;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.fedbiot.cli.UserError;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.AlignmentSettings;
import org.fedbiot.schemas.event.EvaluationSettings;
import org.fedbiot.schemas.event.ExposureSettings;
import org.fedbiot.schemas.event.FederationSettings;
import org.fedbiot.schemas.event.ModelSpec;
import org.fedbiot.schemas.event.ResourceSettings;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.ServerData;
import org.fedbiot.schemas.event.TextSettings;
import org.fedbiot.schemas.event.TrainingSettings;

/** An origin's settings with a fork's changes. Keys are those of a run's YAML; what the fork stands on is refused. */
public final class ForkSettings {

    /** Sections of a spec that a fork may change, {@code model} for its place alone. */
    private static final Set<String> SECTIONS = Set.of("seed", "alignment", "training", "aggregation", "federation",
            "text", "serverData", "evaluation", "resources", "exposure", "links", "model");
    private static final String PLACE = "model.location";
    private static final Set<String> FIXED_KEYS = Set.of("aggregation.shardBytes");
    private static final Set<String> FIXED = Set.of("split", "lora", "model", "runId", "originRunId", "fork");
    private static final ObjectMapper JSON = new ObjectMapper();

    private ForkSettings() {
    }

    /**
     * @param set values by key; a key is a path such as {@code training.learningRate}
     * @throws UserError naming the key that is unknown, of the wrong type, or not a fork's to change
     */
    public static RunSpec apply(RunSpec origin, Map<String, String> set) {
        set.keySet().forEach(ForkSettings::requireFree);
        SettingsTree tree = SettingsTree.of("--set", tree(origin)).with(set);
        ObjectNode root = tree.root();
        AvroSettings read = new AvroSettings(tree.origin());
        JsonNode seed = root.path("seed");
        if (!seed.isIntegralNumber() || !seed.canConvertToLong()) {
            throw read.error("seed", "a whole number is expected, not " + seed);
        }
        return RunSpec.newBuilder(origin)
                .setSeed(seed.longValue())
                .setModel(read.read(ModelSpec.class, root.get("model"), "model"))
                .setAlignment(read.read(AlignmentSettings.class, root.get("alignment"), "alignment"))
                .setTraining(read.read(TrainingSettings.class, root.get("training"), "training"))
                .setAggregation(read.read(AggregationSettings.class, root.get("aggregation"), "aggregation"))
                .setFederation(read.read(FederationSettings.class, root.get("federation"), "federation"))
                .setText(read.read(TextSettings.class, root.get("text"), "text"))
                .setServerData(read.read(ServerData.class, root.get("serverData"), "serverData"))
                .setEvaluation(read.read(EvaluationSettings.class, root.get("evaluation"), "evaluation"))
                .setResources(read.read(ResourceSettings.class, root.get("resources"), "resources"))
                .setExposure(read.read(ExposureSettings.class, root.get("exposure"), "exposure"))
                .setLinks(LinkReading.read(read, root.path("links")).orElse(null))
                .build();
    }

    private static void requireFree(String key) {
        String section = key.split("\\.", 2)[0];
        if (!key.equals(PLACE) && (FIXED.contains(section) || FIXED_KEYS.contains(key))) {
            throw new UserError("--set " + key + ": a fork stands on its origin's " + section + " and cannot change it;"
                    + " start a run of its own instead");
        }
        if (section.equals("data")) {
            throw new UserError("--set " + key + ": clients keep the text that they were dealt; --text-of names another"
                    + " run's");
        }
        if (!SECTIONS.contains(section)) {
            List<String> known = new ArrayList<>(SECTIONS);
            known.remove("model");
            known.add(PLACE);
            throw new UserError("--set " + key + ": unknown key; known here: "
                    + String.join(", ", known.stream().sorted().toList()));
        }
    }

    private static ObjectNode tree(RunSpec origin) {
        try {
            ObjectNode spec = ((ObjectNode) JSON.readTree(origin.toString())).retain(SECTIONS);
            // A key may be set in a section that the origin did not have.
            spec.properties().removeIf(section -> section.getValue().isNull());
            return spec;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the spec of run " + origin.getRunId() + " is no JSON: " + origin, e);
        }
    }
}
