package org.fedbiot.schemas.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.fedbiot.schemas.topic.AccessPlan;
import org.fedbiot.schemas.topic.AccessRules;
import org.fedbiot.schemas.topic.Role;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.Test;

class AclChangeTest {

    @Test
    void shouldAddEverythingToAnEmptyClusterAndNothingTwice() {
        AccessPlan plan = AccessPlan.of(Set.of("a"));

        assertThat(AclChange.between(List.of(), plan).added()).isEqualTo(plan.rules());
        assertThat(AclChange.between(plan.rules(), plan))
                .isEqualTo(new AclChange(List.of(), List.of(), List.of()));
    }

    @Test
    void shouldTakeFromAClientThatIsNoLongerThere() {
        AclChange change = AclChange.between(AccessPlan.of(Set.of("a", "b")).rules(), AccessPlan.of(Set.of("a")));

        assertThat(change.added()).isEmpty();
        assertThat(change.removed()).containsExactlyInAnyOrderElementsOf(AccessRules.of(Role.CLIENT, "b"));
    }

    @Test
    void shouldLeaveOthersRulesAloneAndNameThoseThatReachFurther() {
        // Given rules of somebody else's: on other topics, against somebody, on everything, on a prefix of ours
        AclBinding elsewhere = rule("orders", PatternType.LITERAL, AclPermissionType.ALLOW);
        AclBinding denial = rule(Topics.DECISION.name(), PatternType.LITERAL, AclPermissionType.DENY);
        AclBinding everything = rule("*", PatternType.LITERAL, AclPermissionType.ALLOW);
        AclBinding shorter = rule("fed", PatternType.PREFIXED, AclPermissionType.ALLOW);
        AccessPlan plan = AccessPlan.of(Set.of());
        List<AclBinding> present = new ArrayList<>(plan.rules());
        present.addAll(List.of(elsewhere, denial, everything, shorter));

        // When
        AclChange change = AclChange.between(present, plan);

        // Then
        assertThat(change.added()).isEmpty();
        assertThat(change.removed()).isEmpty();
        assertThat(change.wider()).containsExactlyInAnyOrder(everything, shorter);
    }

    private static AclBinding rule(String topic, PatternType pattern, AclPermissionType permission) {
        return new AclBinding(new ResourcePattern(ResourceType.TOPIC, topic, pattern),
                new AccessControlEntry("User:monitor", "*", AclOperation.READ, permission));
    }
}
