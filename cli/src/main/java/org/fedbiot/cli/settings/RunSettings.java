package org.fedbiot.cli.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.AlignmentSettings;
import org.fedbiot.schemas.event.EvaluationSettings;
import org.fedbiot.schemas.event.ExposureSettings;
import org.fedbiot.schemas.event.FederationSettings;
import org.fedbiot.schemas.event.LinkSettings;
import org.fedbiot.schemas.event.LoraSettings;
import org.fedbiot.schemas.event.ResourceSettings;
import org.fedbiot.schemas.event.TextSettings;
import org.fedbiot.schemas.event.TrainingSettings;

/**
 * What a person decides of a run. Model facts, the resolved split and data locations join it in a
 * {@link org.fedbiot.schemas.event.RunSpec}.
 *
 * @param links simulated, where a run has them
 */
public record RunSettings(
        long seed,
        SplitSettings split,
        LoraSettings lora,
        AlignmentSettings alignment,
        TrainingSettings training,
        AggregationSettings aggregation,
        FederationSettings federation,
        TextSettings text,
        DataSettings data,
        EvaluationSettings evaluation,
        ResourceSettings resources,
        ExposureSettings exposure,
        Optional<LinkSettings> links) {

    static final Set<String> SECTIONS = Set.of("seed", "split", "lora", "alignment", "training",
            "aggregation", "federation", "text", "data", "evaluation", "resources", "exposure",
            "links");

    /**
     * What is left to the machine is settled here: a run records what it was, not that it was left open.
     *
     * @throws org.fedbiot.cli.UserError naming file and key of what cannot be used
     */
    public static RunSettings of(SettingsTree tree) {
        return of(tree, CpuFeatures.ofMachine());
    }

    static RunSettings of(SettingsTree tree, CpuFeatures cpu) {
        ObjectNode root = tree.root();
        AvroSettings read = new AvroSettings(tree.origin());
        read.refuseUnknown(root, SECTIONS, "");
        JsonNode seed = root.path("seed");
        if (!seed.isIntegralNumber() || !seed.canConvertToLong()) {
            throw read.error("seed", "a whole number is expected, not " + seed);
        }
        return new RunSettings(
                seed.longValue(),
                SplitSettings.read(read, section(read, root, "split"), cpu),
                read.read(LoraSettings.class, section(read, root, "lora"), "lora"),
                read.read(AlignmentSettings.class, section(read, root, "alignment"), "alignment"),
                read.read(TrainingSettings.class, section(read, root, "training"), "training"),
                read.read(AggregationSettings.class, section(read, root, "aggregation"), "aggregation"),
                read.read(FederationSettings.class, section(read, root, "federation"), "federation"),
                read.read(TextSettings.class, section(read, root, "text"), "text"),
                DataSettings.read(read, section(read, root, "data")),
                read.read(EvaluationSettings.class, section(read, root, "evaluation"), "evaluation"),
                read.read(ResourceSettings.class, section(read, root, "resources"), "resources"),
                read.read(ExposureSettings.class, section(read, root, "exposure"), "exposure"),
                LinkReading.read(read, root.path("links")));
    }

    private static JsonNode section(AvroSettings read, ObjectNode root, String name) {
        JsonNode section = root.get(name);
        if (section == null) {
            throw read.error(name, "this section is missing");
        }
        return section;
    }
}
