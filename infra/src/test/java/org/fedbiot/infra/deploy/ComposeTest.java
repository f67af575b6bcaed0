package org.fedbiot.infra.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
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
import org.fedbiot.schemas.topic.AccessPlan;
import org.fedbiot.schemas.topic.Role;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** No Docker engine is at hand: what can be held together without one. */
class ComposeTest {

    private static final Set<String> CLIENTS = Set.of("cafe", "clinic", "depot");
    private static final Set<String> PROCESSES = Set.of("coordinator", "aggregator-1", "aggregator-2", "server-worker",
            "cafe", "clinic", "depot");
    /** What we use of the specification; a word that is misspelled is none of them. */
    private static final Set<String> KEYS = Set.of("image", "build", "user", "read_only", "cap_drop", "security_opt",
            "tmpfs", "restart", "stop_grace_period", "depends_on", "volumes", "healthcheck", "environment", "entrypoint",
            "command", "env_file", "profiles", "ports");

    private static Map<String, Map<String, Object>> services;
    private static Set<String> volumes;

    @BeforeAll
    @SuppressWarnings("unchecked")
    static void read() throws IOException {
        try (Reader file = Files.newBufferedReader(Path.of("compose.yaml"))) {
            Map<String, Object> compose = new Yaml(new SafeConstructor(new LoaderOptions())).load(file);
            services = (Map<String, Map<String, Object>>) compose.get("services");
            volumes = ((Map<String, Object>) compose.get("volumes")).keySet();
        }
    }

    @Test
    void shouldHaveEveryPartOfAFederation() {
        Set<String> expected = new TreeSet<>(PROCESSES);
        expected.addAll(Set.of("kafka", "registry", "init", "operator", "prometheus", "grafana"));

        assertThat(services).containsOnlyKeys(expected);
        assertThat(services.values()).allSatisfy(service -> {
            assertThat(service.keySet()).isSubsetOf(KEYS);
            assertThat((String) service.get("image")).matches("[^:]+:v?[0-9][^:]*");
            assertThat(list(service, "cap_drop")).containsExactly("ALL");
            assertThat(list(service, "security_opt")).containsExactly("no-new-privileges:true");
        });
        assertThat(PROCESSES).allSatisfy(name -> {
            assertThat(services.get(name).get("user")).isEqualTo("10001:10001");
            assertThat(services.get(name).get("read_only")).isEqualTo(true);
        });
    }

    @Test
    void shouldOpenNothingButGrafanaAndThatToThisMachineAlone() {
        assertThat(services.entrySet().stream().filter(service -> service.getValue().containsKey("ports")))
                .singleElement().satisfies(service -> assertThat(list(service.getValue(), "ports"))
                        .containsExactly("127.0.0.1:3000:3000"));
    }

    @Test
    void shouldMountOnlyWhatThereIsOrWhatASecretsOrTextDirectoryGets() {
        assertThat(services.values().stream().flatMap(service -> mounts(service).stream())).isNotEmpty()
                .allSatisfy(mount -> {
                    if (!mount.startsWith(".")) {
                        assertThat(volumes).contains(mount);
                    } else if (!mount.startsWith("./secrets/") && !mount.startsWith("./text/")
                            && !mount.equals("./monitoring")) {
                        assertThat(Path.of(mount)).exists();
                    }
                });
        assertThat(volumes).isSubsetOf(services.values().stream().flatMap(service -> mounts(service).stream()).toList());
    }

    @Test
    void shouldGiveTheModelToItsOwnerAloneAndEachClientItsOwnSecretsAlone() {
        assertThat(services.entrySet().stream()
                .filter(service -> mounts(service.getValue()).contains("../models")).map(Map.Entry::getKey))
                .containsExactlyInAnyOrder("server-worker", "operator");
        assertThat(CLIENTS).allSatisfy(client -> {
            assertThat(mounts(services.get(client)).stream().filter(mount -> mount.startsWith("./secrets/")))
                    .containsExactlyInAnyOrder("./secrets/authority", "./secrets/clients/" + client);
            assertThat(list(services.get(client), "env_file")).containsExactly("secrets/" + client + ".env");
            assertThat(mounts(services.get(client))).contains("./text/" + client).doesNotContain("./text/server");
        });
    }

    @Test
    void shouldGiveEveryProcessAFileOfItsOwnUser() {
        assertThat(PROCESSES).allSatisfy(name -> {
            String user = name.replaceAll("-[0-9]$", "");
            JsonNode settings = Manifests.tree(Path.of("compose", user + ".yaml"));
            JsonNode security = settings.path("cluster").path("security");

            assertThat(security.path("username").asText()).isEqualTo(user);
            assertThat(security.path("protocol").asText()).isEqualTo("SASL_SSL");
            assertThat(mounts(services.get(name))).contains("./compose/" + user + ".yaml");
            assertThat(list(services.get(name), "command")).last().isEqualTo("/etc/fedbiot/" + user + ".yaml");
        });
    }

    @Test
    void shouldMakeTheUsersThatThereAreRulesFor() throws IOException {
        String init = Files.readString(Path.of("compose", "init"));
        String secrets = Files.readString(Path.of("make-secrets"));
        Set<String> users = new HashSet<>();
        // The registry of this cluster is not ours and does not log in.
        AccessPlan.of(CLIENTS).principals().forEach((role, names) -> users.addAll(role == Role.REGISTRY ? Set.of() : names));

        assertThat(words(init, "for user in ([^;]*);")).isEqualTo(users);
        assertThat(words(secrets, "for user in ([^;]*);")).isEqualTo(users);
        assertThat(words(init, "for client in ([^;]*);")).isEqualTo(CLIENTS);
        assertThat(words(secrets, "for client in ([^;]*);")).isEqualTo(CLIENTS);
        assertThat(Pattern.compile("--client (\\S+)").matcher(init).results().map(found -> found.group(1)))
                .containsExactlyInAnyOrderElementsOf(CLIENTS);
    }

    @Test
    void shouldWatchEveryProcess() {
        JsonNode targets = Manifests.tree(Path.of("compose", "prometheus.yaml")).path("scrape_configs").path(0)
                .path("static_configs").path(0).path("targets");

        assertThat(StreamSupport.stream(targets.spliterator(), false).map(JsonNode::asText))
                .containsExactlyInAnyOrderElementsOf(PROCESSES.stream().map(name -> name + ":9464").toList());
    }

    @Test
    void shouldWaitOnlyForServicesThatThereAre() {
        assertThat(services.values().stream().filter(service -> service.containsKey("depends_on"))
                .flatMap(service -> ((Map<?, ?>) service.get("depends_on")).keySet().stream()))
                .isNotEmpty().allSatisfy(name -> assertThat(services).containsKey((String) name));
    }

    /** What is mounted, without where. */
    private static List<String> mounts(Map<String, Object> service) {
        return list(service, "volumes").stream().map(mount -> mount.split(":")[0]).toList();
    }

    private static List<String> list(Map<String, Object> service, String key) {
        return Stream.ofNullable((Collection<?>) service.get(key)).flatMap(Collection::stream).map(String::valueOf)
                .toList();
    }

    private static Set<String> words(String script, String pattern) {
        MatchResult found = Pattern.compile(pattern).matcher(script).results().findFirst().orElseThrow();
        return Stream.of(found.group(1).trim().split(" ")).collect(Collectors.toSet());
    }
}
