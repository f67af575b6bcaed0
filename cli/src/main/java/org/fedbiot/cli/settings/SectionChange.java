package org.fedbiot.cli.settings;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.cli.UserError;

/** A section of settings as a run recorded it, with single keys set over it. */
public final class SectionChange {

    private static final YAMLMapper YAML = new YAMLMapper();

    private SectionChange() {
    }

    /**
     * A changed copy.
     *
     * @param section its name, as in {@code aggregation.rule}
     * @param changes YAML values by key, without the section
     * @throws UserError naming the key that is not one of the section, or whose value is of the wrong type
     */
    public static <T extends SpecificRecord> T with(T recorded, String section, Map<String, String> changes) {
        AvroSettings read = new AvroSettings("--set");
        Schema schema = recorded.getSchema();
        T copy = SpecificData.get().deepCopy(schema, recorded);
        changes.forEach((key, value) -> {
            String path = section + "." + key;
            Schema.Field field = schema.getField(key);
            if (field == null) {
                throw read.error(path, "unknown key; known here: " + schema.getFields().stream()
                        .map(Schema.Field::name).sorted().collect(Collectors.joining(", ")));
            }
            copy.put(field.pos(), read.value(field.schema(), yaml(path, value), path));
        });
        return copy;
    }

    private static JsonNode yaml(String path, String value) {
        try {
            return YAML.readTree(value);
        } catch (JsonProcessingException e) {
            throw new UserError("--set " + path + ": not a YAML value: " + value, e);
        }
    }
}
