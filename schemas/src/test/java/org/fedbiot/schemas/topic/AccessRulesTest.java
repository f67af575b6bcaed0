package org.fedbiot.schemas.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AccessRulesTest {

    @ParameterizedTest
    @EnumSource(Role.class)
    void shouldAllowEachRoleTheTopicsThatTheCatalogueGivesIt(Role role) {
        assertThat(topics(role, AclOperation.READ)).isEqualTo(Topics.ALL.stream()
                .filter(topic -> topic.readers().contains(role)).map(Topic::name).collect(Collectors.toSet()));
        assertThat(topics(role, AclOperation.WRITE)).isEqualTo(Topics.ALL.stream()
                .filter(topic -> topic.writers().contains(role)).map(Topic::name).collect(Collectors.toSet()));
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void shouldGiveNobodyPowerOverTheClusterOrOverRecordsThatAreThere(Role role) {
        assertThat(AccessRules.of(role, "somebody")).allSatisfy(rule -> {
            assertThat(rule.pattern().resourceType()).isNotEqualTo(ResourceType.CLUSTER);
            assertThat(rule.pattern().name()).startsWith("fedbiot");
            assertThat(rule.entry().operation()).isNotIn(AclOperation.ALL, AclOperation.ALTER,
                    AclOperation.ALTER_CONFIGS, AclOperation.CLUSTER_ACTION);
        });
        assertThat(topics(role, AclOperation.DELETE)).isEmpty();
    }

    @Test
    void shouldLetAClientIntoItsOwnGroupAlone() {
        List<AclBinding> groups = AccessRules.of(Role.CLIENT, "a").stream()
                .filter(rule -> rule.pattern().resourceType() == ResourceType.GROUP).toList();

        assertThat(groups).singleElement().satisfies(rule -> {
            assertThat(rule.pattern().name()).isEqualTo("fedbiot-client-a");
            assertThat(rule.pattern().patternType()).isEqualTo(PatternType.LITERAL);
            assertThat(rule.entry().principal()).isEqualTo("User:a");
        });
    }

    @Test
    void shouldKeepClientsApartFromEverybodyElse() {
        AccessPlan plan = AccessPlan.of(Set.of("a", "b"));

        assertThat(plan.rules()).doesNotHaveDuplicates().hasSize(
                AccessRules.of(Role.CLIENT, "a").size() * 2 + Arrays.stream(Role.values())
                        .filter(role -> role != Role.CLIENT)
                        .mapToInt(role -> AccessRules.of(role, "x").size()).sum());
        assertThatThrownBy(() -> AccessPlan.of(Set.of("coordinator")))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("client coordinator");
        assertThatThrownBy(() -> new AccessPlan(Map.of(Role.CLIENT, Set.of("*"))))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("\"*\"");
    }

    /** Catalogue topics, by their whole names. */
    private static Set<String> topics(Role role, AclOperation operation) {
        return AccessRules.of(role, "somebody").stream()
                .filter(rule -> rule.pattern().resourceType() == ResourceType.TOPIC)
                .filter(rule -> rule.pattern().patternType() == PatternType.LITERAL)
                .filter(rule -> rule.entry().operation() == operation)
                .map(rule -> rule.pattern().name())
                .collect(Collectors.toSet());
    }
}
