package org.fedbiot.cli.settings;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Set;
import org.fedbiot.schemas.event.DataType;
import org.fedbiot.schemas.event.LayerRule;

/**
 * How the model is to be cut.
 *
 * @param dropRate share of the teacher layers that the emulator leaves out
 * @param baseType type in which base weights are held and published
 * @param baseTypeBy the CPU feature, there or missing, that AUTO chose the type by; empty where it was named
 */
public record SplitSettings(
        int frontAdapterLayers, int backAdapterLayers, double dropRate, LayerRule layerRule, DataType baseType,
        String baseTypeBy) {

    static SplitSettings read(AvroSettings read, JsonNode section, CpuFeatures cpu) {
        read.refuseUnknown(section,
                Set.of("frontAdapterLayers", "backAdapterLayers", "dropRate", "layerRule", "baseType"), "split");
        JsonNode back = section.path("backAdapterLayers");
        JsonNode drop = section.path("dropRate");
        if (!back.isInt()) {
            throw read.error("split.backAdapterLayers", "a whole number is expected, not " + back);
        }
        if (!drop.isNumber()) {
            throw read.error("split.dropRate", "a number is expected, not " + drop);
        }
        JsonNode front = section.path("frontAdapterLayers");
        if (!front.isMissingNode() && !front.isInt()) {
            throw read.error("split.frontAdapterLayers", "a whole number is expected, not " + front);
        }
        String type = section.path("baseType").asText("FLOAT32").toUpperCase(Locale.ROOT);
        return new SplitSettings(
                front.asInt(0),
                back.intValue(),
                drop.doubleValue(),
                symbol(read, LayerRule.class, section.path("layerRule").asText("FLOOR"), "split.layerRule"),
                switch (type) {
                    case "AUTO" -> cpu.bfloat16().isPresent() ? DataType.BFLOAT16 : DataType.FLOAT32;
                    case "FLOAT32" -> DataType.FLOAT32;
                    case "BFLOAT16" -> DataType.BFLOAT16;
                    default -> throw read.error("split.baseType",
                            "one of [AUTO, FLOAT32, BFLOAT16] is expected, not " + type);
                },
                type.equals("AUTO") ? cpu.bfloat16().orElseGet(CpuFeatures::missingBfloat16) : "");
    }

    private static <E extends Enum<E>> E symbol(AvroSettings read, Class<E> type, String name, String path) {
        try {
            return Enum.valueOf(type, name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw read.error(path, "one of " + java.util.List.of(type.getEnumConstants()) + " is expected, not " + name);
        }
    }
}
