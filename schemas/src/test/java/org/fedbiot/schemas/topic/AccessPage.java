package org.fedbiot.schemas.topic;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;

/** Who may do what, as a page. */
final class AccessPage {

    private static final String CLIENT = "ID";

    private static final String HEAD = """
            # Who may do what

            Written from the topic catalogue by the rules that `fedbiot acl apply` sets; after a change of either:
            `mvn -pl schemas test -Dtest=AccessPageTest -Dfedbiot.rewrite=true`. How to set them, and what they do not
            cover: [security](security.md).

            Whatever is not listed is refused. Reading and writing include seeing that a topic or a group is there. A name
            that ends in `*` stands for all that begin so; a client's rules hold for its own id, in the place of `ID`.

            """;

    private final StringBuilder page = new StringBuilder(HEAD);

    String write() {
        for (Role role : Role.values()) {
            page.append("## ").append(role.name().toLowerCase(Locale.ROOT).replace('_', ' ')).append("\n\n");
            List<AclBinding> rules = AccessRules.of(role, CLIENT);
            page.append("| resource | name | may |\n|---|---|---|\n");
            lines(rules).forEach((resource, may) -> page.append("| ").append(resource).append(" | ").append(may)
                    .append(" |\n"));
            page.append('\n');
        }
        return page.toString().stripTrailing() + "\n";
    }

    private static Map<String, String> lines(List<AclBinding> rules) {
        Map<String, List<AclBinding>> byResource = rules.stream().collect(Collectors.groupingBy(
                rule -> word(rule.pattern().resourceType()) + " | `" + rule.pattern().name()
                        + (rule.pattern().patternType() == PatternType.PREFIXED ? "*" : "") + "`",
                LinkedHashMap::new, Collectors.toList()));
        Map<String, String> lines = new LinkedHashMap<>();
        byResource.forEach((resource, may) -> lines.put(resource, may.stream()
                .map(rule -> words(rule.pattern().resourceType(), rule.entry().operation()))
                .collect(Collectors.joining(", "))));
        return lines;
    }

    private static String words(ResourceType type, AclOperation operation) {
        return type == ResourceType.GROUP && operation == AclOperation.READ ? "join" : word(operation);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
