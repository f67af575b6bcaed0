package org.fedbiot.schemas.topic;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.JsonProperties;
import org.apache.avro.Schema;
import org.fedbiot.schemas.SampleEvents;

/** The page of topics and events, written from the catalogue and the schemas. */
final class EventCatalogue {

    private static final String HEAD = """
            # Topics and events

            Written from the catalogue (`schemas/…/topic/Topics.java`) and the schemas (`schemas/src/main/avro`); after a
            change of either: `mvn -pl schemas test -Dtest=EventCatalogueTest -Dfedbiot.rewrite=true`.

            Values are Avro in Confluent's wire format (a zero byte, a 4-byte schema id, Avro binary). Keys are text. Headers
            are for people: `event`, and `run`, `sha256`, `shard` where they apply. A topic's records are never removed by
            age or size, except that a compacted topic keeps only the latest record of a key. Registry subjects are
            `<topic>-value` where a topic carries one event, else `<topic>-<record name>`.

            """;

    private final StringBuilder page = new StringBuilder(HEAD);

    String write() {
        page.append("## Topics\n\n");
        for (Zone zone : Zone.values()) {
            List<Topic> topics = Topics.ALL.stream().filter(topic -> topic.zone() == zone).toList();
            page.append("### ").append(words(zone)).append("\n\n");
            page.append("| topic | key | partitions | cleanup | largest batch | written by | read by | carries |\n");
            page.append("|---|---|---|---|---|---|---|---|\n");
            topics.forEach(this::topic);
            page.append('\n');
        }
        page.append("## Events\n\n");
        SampleEvents.types().sorted(Comparator.comparing(Schema::getName)).forEach(this::record);
        page.append("## Parts of events\n\n");
        parts().stream().sorted(Comparator.comparing(Schema::getName)).forEach(part -> {
            if (part.getType() == Schema.Type.ENUM) {
                symbols(part);
            } else {
                record(part);
            }
        });
        return page.toString().stripTrailing() + "\n";
    }

    private void topic(Topic topic) {
        page.append("| `").append(topic.name()).append("` | ").append(topic.key())
                .append(" | ").append(topic.partitions())
                .append(" | ").append(topic.cleanup().name().toLowerCase(Locale.ROOT))
                .append(" | ").append(size(topic.maxRecordBytes()))
                .append(" | ").append(roles(topic.writers()))
                .append(" | ").append(roles(topic.readers()))
                .append(" | ").append(topic.events().stream().map(EventCatalogue::link)
                        .collect(Collectors.joining(", ")))
                .append(" |\n");
    }

    private void record(Schema record) {
        page.append("### ").append(record.getName()).append("\n\n").append(text(record.getDoc())).append("\n\n");
        page.append("| field | type | default | |\n|---|---|---|---|\n");
        for (Schema.Field field : record.getFields()) {
            page.append("| ").append(field.name())
                    .append(" | ").append(type(field.schema()))
                    .append(" | ").append(defaultOf(field))
                    .append(" | ").append(text(field.doc()))
                    .append(" |\n");
        }
        page.append('\n');
    }

    private void symbols(Schema symbols) {
        page.append("### ").append(symbols.getName()).append("\n\n").append(text(symbols.getDoc()));
        if (symbols.getDoc() != null) {
            page.append(' ');
        }
        page.append("One of ").append(symbols.getEnumSymbols().stream().map(symbol -> "`" + symbol + "`")
                .collect(Collectors.joining(", "))).append(".\n\n");
    }

    private static String defaultOf(Schema.Field field) {
        if (!field.hasDefaultValue()) {
            return "";
        }
        Object value = field.defaultVal();
        String shown = value == JsonProperties.NULL_VALUE ? "null"
                : value instanceof byte[] ? "empty"
                : value instanceof Collection<?> list && list.isEmpty() ? "empty"
                : String.valueOf(value);
        return shown.isEmpty() ? "empty" : shown;
    }

    private static String type(Schema schema) {
        switch (schema.getType()) {
            case RECORD:
            case ENUM:
                return link(schema);
            case ARRAY:
                return "list of " + type(schema.getElementType());
            case UNION:
                return schema.getTypes().stream().map(EventCatalogue::type).collect(Collectors.joining(" or "));
            default:
                return schema.getType().getName();
        }
    }

    private static Set<Schema> parts() {
        Set<Schema> parts = new LinkedHashSet<>();
        SampleEvents.types().forEach(event -> event.getFields().forEach(field -> collect(field.schema(), parts)));
        return parts;
    }

    private static void collect(Schema schema, Set<Schema> parts) {
        switch (schema.getType()) {
            case RECORD:
                if (parts.add(schema)) {
                    schema.getFields().forEach(field -> collect(field.schema(), parts));
                }
                break;
            case ENUM:
                parts.add(schema);
                break;
            case ARRAY:
                collect(schema.getElementType(), parts);
                break;
            case UNION:
                schema.getTypes().forEach(type -> collect(type, parts));
                break;
            default:
                break;
        }
    }

    private static String link(Schema schema) {
        return "[" + schema.getName() + "](#" + schema.getName().toLowerCase(Locale.ROOT) + ")";
    }

    private static String size(int bytes) {
        int mebibyte = 1024 * 1024;
        return bytes % mebibyte == 0 ? bytes / mebibyte + " MiB" : bytes / 1024 + " KiB";
    }

    private static String roles(Set<Role> roles) {
        return roles.stream().sorted().map(EventCatalogue::words).collect(Collectors.joining(", "));
    }

    private static String words(Enum<?> name) {
        return name.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String text(String doc) {
        return doc == null ? "" : doc.replace("|", "\\|").replace("<", "&lt;");
    }
}
