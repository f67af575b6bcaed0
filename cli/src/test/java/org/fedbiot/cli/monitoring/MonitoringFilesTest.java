package org.fedbiot.cli.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What stands in infra/monitoring asks for nothing that no process shows, and is explained. */
class MonitoringFilesTest {

    private static final Path MONITORING = Path.of("..", "infra", "monitoring");
    private static final Path METRICS = Path.of("..", "docs", "metrics.md");
    private static final Path OPERATIONS = Path.of("..", "docs", "operations.md");
    /** Added to every series by Prometheus itself. */
    private static final Set<String> TARGET_LABELS = Set.of("instance", "job");

    @Test
    void shouldAskInTheDashboardOnlyForWhatIsShown() throws IOException {
        // Given
        JsonNode dashboard = new ObjectMapper().readTree(MONITORING.resolve("grafana-dashboard.json").toFile());

        // When
        List<String> queries = dashboard.findValuesAsText("expr");

        // Then
        assertThat(queries).hasSizeGreaterThan(20).allSatisfy(MonitoringFilesTest::assertKnown);
        List<Integer> ids = new ArrayList<>();
        dashboard.get("panels").forEach(panel -> ids.add(panel.get("id").asInt()));
        assertThat(ids).doesNotHaveDuplicates();
    }

    @Test
    void shouldAskInAlertsOnlyForWhatIsShown() throws IOException {
        // Then
        assertThat(alerts()).hasSizeGreaterThan(8).allSatisfy((name, rule) -> {
            assertKnown(rule.get("expr").asText());
            assertThat(rule.at("/labels/severity").asText()).as(name).isIn("warning", "critical");
            assertThat(rule.at("/annotations/summary").asText()).as(name).isNotBlank();
        });
    }

    @Test
    void shouldSayOfEveryAlertWhatItMeansAndOfNoOther() throws IOException {
        // Given
        Set<String> sections = new TreeSet<>();
        Files.readAllLines(OPERATIONS).stream().filter(line -> line.startsWith("### Fedbiot"))
                .forEach(line -> sections.add(line.substring(4)));

        // Then
        assertThat(sections).isEqualTo(alerts().keySet());
    }

    @Test
    void shouldTryEveryAlertOnSyntheticSeries() throws IOException {
        // When
        JsonNode tests = new YAMLMapper().readTree(MONITORING.resolve("alerts.test.yaml").toFile());

        // Then
        Set<String> firing = new TreeSet<>();
        tests.findValues("alert_rule_test").forEach(cases -> cases.forEach(one -> {
            if (!one.get("exp_alerts").isEmpty()) {
                firing.add(one.get("alertname").asText());
            }
        }));
        assertThat(firing).isEqualTo(alerts().keySet());
    }

    @Test
    void shouldFindMetricsAndLabelsInAnExpression() {
        // Then
        assertThat(PromQl.metrics("sum by (kind) (rate(a_total{x=\"1\", y!~\"b|c\"}[5m])) / on (z) max(b) > 1.5"))
                .isEqualTo(Map.of("a_total", Set.of("kind", "x", "y", "z"), "b", Set.of("kind", "z")));
        assertThatIllegalArgumentException().isThrownBy(() -> PromQl.metrics("rat(a_total[5m])"))
                .withMessageContaining("\"rat\" is not understood");
        assertThatIllegalArgumentException().isThrownBy(() -> PromQl.metrics("a_total ~ 3"));
    }

    private static void assertKnown(String query) {
        Map<String, Set<String>> known = known();
        assertThat(PromQl.metrics(query)).as(query).isNotEmpty().allSatisfy((metric, labels) -> {
            assertThat(known).as(query).containsKey(metric);
            Set<String> unknown = new TreeSet<>(labels);
            unknown.removeAll(known.get(metric));
            unknown.removeAll(TARGET_LABELS);
            assertThat(unknown).as("labels of " + metric + " in " + query).isEmpty();
        });
    }

    private static Map<String, Set<String>> known() {
        try {
            return MetricsTable.labels(METRICS);
        } catch (IOException e) {
            throw new IllegalStateException(METRICS + " cannot be read", e);
        }
    }

    private static Map<String, JsonNode> alerts() throws IOException {
        Map<String, JsonNode> alerts = new TreeMap<>();
        for (JsonNode group : new YAMLMapper().readTree(MONITORING.resolve("alerts.yaml").toFile()).get("groups")) {
            group.get("rules").forEach(rule -> alerts.put(rule.get("alert").asText(), rule));
        }
        return alerts;
    }
}
