package org.fedbiot.schemas.client;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.fedbiot.schemas.topic.AccessPlan;

/**
 * What is to be done to a cluster's ACLs so that they say what a plan says. Ours are the ones that allow something on a
 * resource whose name begins as ours do, whoever made them: a client that is no longer in the plan must lose its
 * access. All others are left alone.
 *
 * @param added in the plan and not on the cluster
 * @param removed ours, on the cluster and not in the plan
 * @param wider not ours, and yet they reach our resources: rules on {@code *} or a shorter prefix
 */
public record AclChange(List<AclBinding> added, List<AclBinding> removed, List<AclBinding> wider) {

    private static final Comparator<AclBinding> ORDER = Comparator.comparing(AclBinding::toString);
    private static final List<String> OURS = List.of("fedbiot.", "fedbiot-");
    private static final String EVERYTHING = "*";

    public AclChange {
        added = List.copyOf(added);
        removed = List.copyOf(removed);
        wider = List.copyOf(wider);
    }

    /**
     * Compares; changes nothing.
     *
     * @throws org.apache.kafka.common.KafkaException if the broker refuses or does not answer
     */
    public static AclChange between(Admin admin, AccessPlan plan) {
        return between(Answers.await("list ACLs", admin.describeAcls(AclBindingFilter.ANY).values()), plan);
    }

    static AclChange between(Collection<AclBinding> present, AccessPlan plan) {
        Set<AclBinding> wanted = new LinkedHashSet<>(plan.rules());
        List<AclBinding> allowing = present.stream()
                .filter(rule -> rule.entry().permissionType() == AclPermissionType.ALLOW)
                .sorted(ORDER)
                .toList();
        return new AclChange(
                wanted.stream().filter(rule -> !present.contains(rule)).toList(),
                allowing.stream().filter(rule -> isOurs(rule.pattern()) && !wanted.contains(rule)).toList(),
                allowing.stream().filter(rule -> reachesOurs(rule.pattern())).toList());
    }

    /**
     * Adds, then removes: nobody is locked out in between.
     *
     * @throws org.apache.kafka.common.KafkaException if the broker refuses or does not answer
     */
    public void apply(Admin admin) {
        if (!added.isEmpty()) {
            Answers.await("add ACLs", admin.createAcls(added).all());
        }
        if (!removed.isEmpty()) {
            Answers.await("remove ACLs", admin.deleteAcls(removed.stream().map(AclBinding::toFilter).toList()).all());
        }
    }

    private static boolean isOurs(ResourcePattern resource) {
        return OURS.stream().anyMatch(resource.name()::startsWith);
    }

    private static boolean reachesOurs(ResourcePattern resource) {
        return switch (resource.resourceType()) {
            case TOPIC, GROUP, TRANSACTIONAL_ID -> resource.name().equals(EVERYTHING)
                    || resource.patternType() == PatternType.PREFIXED && !isOurs(resource)
                    && OURS.stream().anyMatch(ours -> ours.startsWith(resource.name()));
            default -> false;
        };
    }
}
