package org.fedbiot.infra;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.event.RunCancelRequested;
import org.fedbiot.schemas.topic.Topics;

/** A secured start as a process of its own, with one login that is refused, for a test that reads all it says. */
final class SecuredStart {

    static final String USERS = "USERS_PASSWORD";
    static final String NODES = "NODES_PASSWORD";
    static final String WRONG = "WRONG_PASSWORD";
    static final String REGISTRY = "REGISTRY_PASSWORD";

    private SecuredStart() {
    }

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        CertificateAuthority authority = CertificateAuthority.in(directory.resolve("ca"));
        TlsFiles tls = new TlsFiles(authority.issue("server", List.of("127.0.0.1", "localhost")),
                authority.certificate());
        Secret users = new Secret(System.getenv(USERS));
        BrokerSecurity open = BrokerSecurity.passwordsOverTls(tls, Map.of("admin", users), "admin");
        BrokerSecurity security = new BrokerSecurity(open.protocol(), open.tls(), open.users(), open.superUsers(),
                new Secret(System.getenv(NODES)));
        Secret registrys = new Secret(System.getenv(REGISTRY));
        try (EmbeddedKafka kafka = EmbeddedKafka.start(
                new BrokerOptions(directory.resolve("kafka"), 0).secured(security));
                EmbeddedRegistry registry = EmbeddedRegistry.start(kafka.adminSettings(), 0,
                        RegistryAccess.writers(Map.of("admin", registrys)))) {
            Map<String, String> login = new HashMap<>(
                    Login.passwordOverTls("admin", users, authority.certificate()));
            login.put("basic.auth.user.info", "admin:" + registrys.value());
            KafkaSettings settings = new KafkaSettings(kafka.bootstrapServers(), registry.url(), login);
            try (Admin admin = Admin.create(settings.admin());
                    EventProducer producer = new EventProducer(settings, "writer")) {
                TopicCreation.createMissing(admin, (short) 1);
                producer.send(Topics.COMMAND, "run", new RunCancelRequested("run", "enough")).get();
            }
            try (KafkaConsumer<?, ?> consumer = new KafkaConsumer<>(settings.consumer("reader", Optional.of("g")))) {
                consumer.listTopics();
            }
            refused(kafka, Login.passwordOverTls("admin", new Secret(System.getenv(WRONG)), authority.certificate()));
        }
        System.exit(0);
    }

    private static void refused(EmbeddedKafka kafka, Map<String, String> login) throws InterruptedException {
        try (Admin admin = Admin.create(Login.at(kafka, login).admin())) {
            admin.listTopics().names().get();
            throw new IllegalStateException("a wrong password was taken");
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof SaslAuthenticationException)) {
                throw new IllegalStateException(e.getCause());
            }
        }
    }
}
