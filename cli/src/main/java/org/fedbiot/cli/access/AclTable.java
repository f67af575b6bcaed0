package org.fedbiot.cli.access;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.resource.PatternType;

/** Access rules for people, one line for each principal and resource, and for programs. */
final class AclTable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private record Line(String principal, String type, String resource) {
    }

    private AclTable() {
    }

    /** A name that ends in {@code *} stands for all that begin so. */
    static List<String> lines(List<AclBinding> rules) {
        Map<Line, List<String>> operations = new LinkedHashMap<>();
        rules.forEach(rule -> operations.computeIfAbsent(new Line(rule.entry().principal(),
                word(rule.pattern().resourceType()), name(rule)), unused -> new ArrayList<>())
                .add(word(rule.entry().operation())));
        int principal = width(operations, "principal", Line::principal);
        int type = width(operations, "resource", Line::type);
        int resource = width(operations, "name", Line::resource);
        String format = "%-" + principal + "s  %-" + type + "s  %-" + resource + "s  %s";
        List<String> lines = new ArrayList<>();
        lines.add(format.formatted("principal", "resource", "name", "may"));
        operations.forEach((line, may) -> lines.add(format.formatted(line.principal(), line.type(), line.resource(),
                String.join(", ", may))));
        return lines;
    }

    /** Each rule with Kafka's own words. */
    static ArrayNode json(List<AclBinding> rules) {
        ArrayNode array = JSON.createArrayNode();
        rules.forEach(rule -> array.addObject()
                .put("principal", rule.entry().principal())
                .put("resourceType", rule.pattern().resourceType().name())
                .put("resourceName", rule.pattern().name())
                .put("patternType", rule.pattern().patternType().name())
                .put("operation", rule.entry().operation().name())
                .put("permission", rule.entry().permissionType().name())
                .put("host", rule.entry().host()));
        return array;
    }

    private static String name(AclBinding rule) {
        return rule.pattern().name() + (rule.pattern().patternType() == PatternType.PREFIXED ? "*" : "");
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static int width(Map<Line, ?> lines, String title, Function<Line, String> column) {
        return lines.keySet().stream().map(column).mapToInt(String::length).reduce(title.length(), Math::max);
    }
}
