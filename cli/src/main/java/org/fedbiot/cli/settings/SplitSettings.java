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
 */
public record SplitSettings(
        int frontAdapterLayers, int backAdapterLayers, double dropRate, LayerRule layerRule, DataType baseType) {

    static SplitSettings read(AvroSettings read, JsonNode section) {
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
        return new SplitSettings(
                front.asInt(0),
                back.intValue(),
                drop.doubleValue(),
                symbol(read, LayerRule.class, section.path("layerRule").asText("FLOOR"), "split.layerRule"),
                symbol(read, DataType.class, section.path("baseType").asText("FLOAT32"), "split.baseType"));
    }

    private static <E extends Enum<E>> E symbol(AvroSettings read, Class<E> type, String name, String path) {
        try {
            return Enum.valueOf(type, name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw read.error(path, "one of " + java.util.List.of(type.getEnumConstants()) + " is expected, not " + name);
        }
    }
}
