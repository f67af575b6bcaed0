package org.fedbiot.infra.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import io.strimzi.api.kafka.model.user.KafkaUser;
import io.strimzi.api.kafka.model.user.KafkaUserAuthorizationSimple;
import io.strimzi.api.kafka.model.user.acl.AclRule;
import io.strimzi.api.kafka.model.user.acl.AclRuleGroupResource;
import io.strimzi.api.kafka.model.user.acl.AclRuleResource;
import io.strimzi.api.kafka.model.user.acl.AclRuleTopicResource;
import io.strimzi.api.kafka.model.user.acl.AclRuleTransactionalIdResource;
import io.strimzi.api.kafka.model.user.acl.AclResourcePatternType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.fedbiot.infra.strimzi.StrimziCluster;
import org.fedbiot.infra.strimzi.StrimziTopics;
import org.fedbiot.infra.strimzi.StrimziUsers;
import org.fedbiot.schemas.client.TaskQueue;
import org.fedbiot.schemas.topic.AccessPlan;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No cluster is at hand: what can be held against the catalogue and the model classes without one. */
class KubernetesTest {

    private static final StrimziCluster CLUSTER = new StrimziCluster("fedbiot", (short) 3);
    private static final AccessPlan PLAN = AccessPlan.of(Set.of("cafe", "clinic", "depot"));
    private static final String REWRITE = "fedbiot.rewrite";
    private static final Set<String> OWN_CHECK = Set.of("keda.sh/v1alpha1 ScaledObject",
            "keda.sh/v1alpha1 TriggerAuthentication");

    /** First of all, since every test reads what it writes. */
    @BeforeAll
    static void writeAnew() throws IOException {
        if (Boolean.getBoolean(REWRITE)) {
            Files.writeString(Manifests.DIRECTORY.resolve("topics.yaml"), topics());
            Files.writeString(Manifests.DIRECTORY.resolve("users.yaml"), users());
        }
    }

    private static String topics() {
        return StrimziCluster.yaml(StrimziTopics.of(CLUSTER));
    }

    private static String users() {
        return StrimziCluster.yaml(StrimziUsers.of(CLUSTER, PLAN));
    }

    @Test
    void shouldHaveOnlyFieldsThatTheOfficialClassesKnow() {
        assertThat(Manifests.all()).hasSizeGreaterThan(20)
                .filteredOn(manifest -> !OWN_CHECK.contains(manifest.kind()))
                .allSatisfy(manifest -> assertThat(manifest.strict()).isNotNull());
    }

    /** That the classes are as strict as the test above believes. */
    @ParameterizedTest
    @CsvSource({"kafka.yaml, spec", "coordinator.yaml, spec", "users.yaml, spec"})
    void shouldFindAFieldThatIsNotThere(String file, String parent) {
        Manifests.Manifest manifest = Manifests.of(Manifests.DIRECTORY.resolve(file)).get(0);
        ((ObjectNode) manifest.tree().path(parent)).put("replicaz", 3);

        assertThatThrownBy(manifest::strict).isInstanceOf(AssertionError.class).hasMessageContaining("replicaz");
    }

    @Test
    void shouldHaveTheTopicsAndUsersThatTheCommandWrites() throws IOException {
        assertWritten("topics.yaml", topics());
        assertWritten("users.yaml", users());
    }

    private static void assertWritten(String name, String wanted) throws IOException {
        Path file = Manifests.DIRECTORY.resolve(name);
        assertThat(Files.readString(file)).as("%s is not what the catalogue gives; write it anew with -D%s=true, or"
                + " ./fedbiot strimzi --client cafe --client clinic --client depot --to infra/kubernetes", file, REWRITE)
                .isEqualTo(wanted);
    }

    @Test
    void shouldHaveEveryTopicOfTheCatalogueWithItsPartitionsAndSettings() {
        Map<String, KafkaTopic> topics = Manifests.of("topics.yaml", KafkaTopic.class).stream()
                .collect(Collectors.toMap(topic -> topic.getMetadata().getName(), topic -> topic));

        assertThat(topics).containsOnlyKeys(Topics.ALL.stream().map(Topic::name).toList());
        for (Topic topic : Topics.ALL) {
            KafkaTopic made = topics.get(topic.name());
            assertThat(made.getSpec().getPartitions()).isEqualTo(topic.partitions());
            assertThat(made.getSpec().getReplicas()).isEqualTo(3);
            assertThat(made.getMetadata().getLabels()).containsEntry("strimzi.io/cluster", "fedbiot");
            assertThat(made.getSpec().getConfig()).containsAllEntriesOf(topic.config())
                    .containsEntry("min.insync.replicas", "2").hasSize(topic.config().size() + 1);
        }
    }

    @Test
    void shouldGiveEveryUserTheRulesThatFollowFromTheCatalogueAndNoOthers() {
        Set<AclBinding> given = new HashSet<>();
        for (KafkaUser user : Manifests.of("users.yaml", KafkaUser.class)) {
            assertThat(user.getSpec().getAuthentication().getType()).isEqualTo("scram-sha-512");
            KafkaUserAuthorizationSimple simple = (KafkaUserAuthorizationSimple) user.getSpec().getAuthorization();
            simple.getAcls().forEach(rule -> given.addAll(bindings(user.getMetadata().getName(), rule)));
        }

        assertThat(given).isEqualTo(Set.copyOf(PLAN.rules()));
    }

    private static Set<AclBinding> bindings(String user, AclRule rule) {
        ResourcePattern pattern = pattern(rule.getResource());
        return rule.getOperations().stream().map(operation -> new AclBinding(pattern, new AccessControlEntry(
                "User:" + user, "*", AclOperation.fromString(operation.toValue().replaceAll("(?<=.)([A-Z])", "_$1")),
                AclPermissionType.fromString(rule.getType().toValue())))).collect(Collectors.toSet());
    }

    private static ResourcePattern pattern(AclRuleResource resource) {
        if (resource instanceof AclRuleTopicResource topic) {
            return pattern(ResourceType.TOPIC, topic.getName(), topic.getPatternType());
        } else if (resource instanceof AclRuleGroupResource group) {
            return pattern(ResourceType.GROUP, group.getName(), group.getPatternType());
        }
        AclRuleTransactionalIdResource id = (AclRuleTransactionalIdResource) resource;
        return pattern(ResourceType.TRANSACTIONAL_ID, id.getName(), id.getPatternType());
    }

    private static ResourcePattern pattern(ResourceType type, String name, AclResourcePatternType pattern) {
        return new ResourcePattern(type, name,
                pattern == AclResourcePatternType.PREFIX ? PatternType.PREFIXED : PatternType.LITERAL);
    }

    @Test
    void shouldRunNobodyAsRootAndEverybodyWithProbesAndBounds() {
        List<PodTemplateSpec> pods = pods();

        assertThat(pods).hasSize(5).allSatisfy(pod -> {
            assertThat(pod.getSpec().getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(pod.getSpec().getSecurityContext().getRunAsUser()).isPositive();
            assertThat(pod.getSpec().getAutomountServiceAccountToken()).isFalse();
            for (Container container : pod.getSpec().getContainers()) {
                assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
                assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
                assertThat(container.getResources().getRequests()).containsKeys("cpu", "memory");
                assertThat(container.getResources().getLimits()).containsKey("memory");
                assertThat(container.getLivenessProbe().getHttpGet().getPath()).endsWith("/live");
                assertThat(container.getReadinessProbe().getHttpGet().getPath()).endsWith("/ready");
                assertThat(container.getImage()).matches("[^:]+:[^:]*[0-9][^:]*");
                assertThat(container.getVolumeMounts()).allSatisfy(mount -> assertThat(volumes(pod))
                        .contains(mount.getName()));
            }
        });
    }

    /** Names of the volumes of a pod; those that a stateful set claims are told by their use. */
    private static Set<String> volumes(PodTemplateSpec pod) {
        Set<String> names = new TreeSet<>(Set.of("state", "data"));
        pod.getSpec().getVolumes().forEach(volume -> names.add(volume.getName()));
        return names;
    }

    @Test
    void shouldGiveTheFullModelToServerWorkersAlone() {
        assertThat(pods().stream().filter(pod -> pod.getSpec().getVolumes().stream()
                .anyMatch(volume -> volume.getPersistentVolumeClaim() != null
                        && volume.getPersistentVolumeClaim().getClaimName().equals("fedbiot-model"))))
                .singleElement().satisfies(pod -> assertThat(pod.getMetadata().getLabels())
                        .containsEntry("app.kubernetes.io/name", "server-worker"));
    }

    @Test
    void shouldTakePasswordsFromTheSecretsOfUsersThatThereAre() {
        Set<String> users = PLAN.principals().values().stream().flatMap(Set::stream).collect(Collectors.toSet());

        assertThat(pods().stream().flatMap(pod -> pod.getSpec().getContainers().stream())
                .flatMap(container -> container.getEnv().stream())
                .filter(variable -> variable.getName().equals("FEDBIOT_PASSWORD")))
                .hasSize(4)
                .allSatisfy(variable -> assertThat(users)
                        .contains(variable.getValueFrom().getSecretKeyRef().getName()));
    }

    @Test
    void shouldScaleWhatThereIsOnGroupsAndTopicsThatThereAre() {
        Set<String> workloads = Manifests.all().stream()
                .filter(manifest -> manifest.kind().startsWith("apps/")).map(Manifests.Manifest::name)
                .collect(Collectors.toSet());
        List<JsonNode> scaled = Stream.of("scaling.yaml", "scaling-group.yaml")
                .flatMap(file -> Manifests.of(Manifests.DIRECTORY.resolve(file)).stream())
                .filter(manifest -> manifest.kind().equals("keda.sh/v1alpha1 ScaledObject"))
                .map(manifest -> manifest.tree().path("spec")).toList();

        assertThat(scaled).hasSize(3).allSatisfy(spec -> {
            assertThat(names(spec)).isSubsetOf("scaleTargetRef", "minReplicaCount", "maxReplicaCount",
                    "cooldownPeriod", "pollingInterval", "triggers");
            assertThat(workloads).contains(spec.path("scaleTargetRef").path("name").asText());
            assertThat(spec.path("maxReplicaCount").asInt()).isLessThanOrEqualTo(Topics.SERVER_TASK.partitions())
                    .isGreaterThan(spec.path("minReplicaCount").asInt());
            JsonNode trigger = spec.path("triggers").path(0);
            assertThat(trigger.path("type").asText()).isIn("prometheus", "kafka");
            trigger.path("metadata").elements().forEachRemaining(value -> assertThat(value.isTextual()).isTrue());
            String what = trigger.path("metadata").toString();
            assertThat(what.replace("\\", "")).containsAnyOf(quoted(TaskQueue.SHARE_GROUP),
                    quoted(TaskQueue.CONSUMER_GROUP),
                    quoted("fedbiot-aggregator"));
            assertThat(topicsIn(what)).allSatisfy(topic -> assertThat(Topics.find(topic)).isPresent());
        });
    }

    private static String quoted(String group) {
        return '"' + group + '"';
    }

    private static List<String> topicsIn(String text) {
        return Pattern.compile("fedbiot\\.[a-z]+\\.[a-z]+\\.v[0-9]+").matcher(text).results()
                .map(MatchResult::group).toList();
    }

    @Test
    void shouldNameOnlyFilesThatThereAre() {
        JsonNode kustomization = Manifests.tree(Manifests.DIRECTORY.resolve("kustomization.yaml"));

        Stream.of(kustomization.path("resources"), kustomization.path("configMapGenerator").path(0).path("files"))
                .flatMap(files -> StreamSupport.stream(files.spliterator(), false))
                .forEach(file -> assertThat(Manifests.DIRECTORY.resolve(file.asText())).isRegularFile());
        assertThat(kustomization.path("resources")).hasSizeGreaterThan(5);
    }

    private static Set<String> names(JsonNode node) {
        Set<String> names = new TreeSet<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static List<PodTemplateSpec> pods() {
        return Manifests.all().stream().filter(manifest -> manifest.kind().startsWith("apps/"))
                .map(Manifests.Manifest::strict)
                .map(workload -> workload instanceof Deployment deployment
                        ? deployment.getSpec().getTemplate()
                        : ((StatefulSet) workload).getSpec().getTemplate())
                .toList();
    }
}
