package org.fedbiot.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.fedbiot.schemas.event.ClientLeaving;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventDeserializer;
import org.fedbiot.schemas.wire.EventSerializer;
import org.fedbiot.schemas.wire.RegistryException;
import org.fedbiot.schemas.wire.RestSchemaRegistry;
import org.fedbiot.schemas.wire.SubjectNames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class RegistryAccessIT {

    private static final String URL = "schema.registry.url";
    private static final Schema OWN = SchemaBuilder.record("Own").namespace("somebody").fields()
            .requiredInt("value").endRecord();

    @TempDir
    private Path directory;

    @Test
    void shouldLetOnlyAWriterRegisterAndEverybodyUseWhatIsThere() {
        Secret operators = Secret.random();
        try (EmbeddedKafka kafka = EmbeddedKafka.start(new BrokerOptions(directory, 0)
                .secured(BrokerSecurity.passwords(Map.of())));
                EmbeddedRegistry registry = EmbeddedRegistry.start(kafka.adminSettings(), 0,
                        RegistryAccess.writers(Map.of("operator", operators)))) {
            Map<String, String> nobody = Map.of(URL, registry.url());
            Map<String, String> thief = Map.of(URL, registry.url(), "basic.auth.user.info", "operator:guess");
            Map<String, String> operator = Map.of(URL, registry.url(), "basic.auth.user.info",
                    "operator:" + operators.value());

            for (Map<String, String> stranger : List.of(nobody, thief)) {
                assertThatThrownBy(() -> RestSchemaRegistry.of(stranger).register("own", OWN))
                        .isInstanceOfSatisfying(RegistryException.class,
                                refusal -> assertThat(refusal.httpStatus()).isEqualTo(401))
                        .hasMessageContaining("basic.auth.user.info").hasMessageNotContaining("guess");
            }
            assertThat(RestSchemaRegistry.of(operator).register("own", OWN)).isPositive();

            // What the catalogue carries is there from the start: a client writes without a right to register
            EventSerializer clients = new EventSerializer();
            clients.configure(nobody, false);
            EventDeserializer servers = new EventDeserializer();
            servers.configure(nobody, false);
            ClientLeaving event = ClientLeaving.newBuilder().setClientId("anna").setReason("done").build();
            String topic = Topics.CLIENT_PRESENCE.name();
            assertThat(servers.deserialize(topic, clients.serialize(topic, event))).isEqualTo(event);
            assertThat(Topics.ALL).allSatisfy(known -> assertThat(known.events()).allSatisfy(schema ->
                    assertThat(RestSchemaRegistry.of(nobody).lookUp(SubjectNames.of(known.name(), schema), schema))
                            .isPositive()));
        }
    }

    @Test
    void shouldTrustARegistryWhoseAuthorityIsNamedAndNoOther() throws Exception {
        CertificateAuthority authority = CertificateAuthority.in(directory.resolve("ca"));
        CertificateAuthority stranger = CertificateAuthority.in(directory.resolve("stranger"));
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(identity(authority, "registry")));
        server.createContext("/", exchange -> {
            byte[] body = "{\"id\":7}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            String url = "https://127.0.0.1:" + server.getAddress().getPort();
            String type = "schema.registry.ssl.truststore.type";
            String truststore = "schema.registry.ssl.truststore.location";

            assertThat(RestSchemaRegistry.of(Map.of(URL, url, type, "PEM", truststore, authority.certificate().toString()))
                    .register("own", OWN)).isEqualTo(7);
            for (Map<String, String> wary : List.of(Map.of(URL, url),
                    Map.of(URL, url, type, "PEM", truststore, stranger.certificate().toString()))) {
                assertThatThrownBy(() -> RestSchemaRegistry.of(wary).register("own", OWN))
                        .isInstanceOf(RegistryException.class).hasMessageContaining("PKIX");
            }
            Path empty = Files.writeString(directory.resolve("empty.pem"), "no certificate");
            assertThatThrownBy(() -> RestSchemaRegistry.of(Map.of(URL, url, type, "PEM", truststore, empty.toString())))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(empty.toString());
        } finally {
            server.stop(0);
        }
    }

    /** What the authority keeps for itself holds the keys of all that it issued. */
    private static SSLContext identity(CertificateAuthority authority, String name) throws Exception {
        Path issued = authority.issue(name, List.of("127.0.0.1"));
        char[] password = Files.readString(issued.resolveSibling("ca.password")).toCharArray();
        KeyStore all = KeyStore.getInstance(issued.resolveSibling("ca.p12").toFile(), password);
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry(name, all.getKey(name, password), password, all.getCertificateChain(name));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }
}
