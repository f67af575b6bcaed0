package org.fedbiot.cli.exposure;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.fedbiot.cli.exposure.TopicAccess.Outcome;
import org.fedbiot.infra.BrokerOptions;
import org.fedbiot.infra.BrokerSecurity;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.infra.Secret;
import org.fedbiot.learning.method.LayerRule;
import org.fedbiot.learning.method.LayerSplit;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.schemas.client.AclChange;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.event.ProcessStarted;
import org.fedbiot.schemas.event.TensorChunk;
import org.fedbiot.schemas.topic.AccessPlan;
import org.fedbiot.schemas.topic.Role;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The audit with a client's own credentials, on a broker that checks them. */
class SecuredExposureIT {

    private static final String CLIENT = "hospital-a";
    private static final String WORKER = "server-worker";
    private static final Set<String> FOR_CLIENTS = Topics.ALL.stream()
            .filter(topic -> topic.readers().contains(Role.CLIENT)).map(Topic::name).collect(Collectors.toSet());

    @TempDir
    private Path temp;

    @Test
    void shouldReadWhatIsForClientsAndBeRefusedTheRest() throws Exception {
        Map<String, Secret> passwords = Map.of(CLIENT, Secret.random(), WORKER, Secret.random());
        try (EmbeddedKafka kafka = EmbeddedKafka.start(
                new BrokerOptions(temp.resolve("kafka"), 0).secured(BrokerSecurity.passwords(passwords)))) {
            try (Admin admin = Admin.create(Map.copyOf(kafka.adminSettings()))) {
                TopicCreation.createMissing(admin, (short) 1);
                AclChange.between(admin, AccessPlan.of(Set.of(CLIENT))).apply(admin);
            }
            // Given a base for clients, and a record and a weight on topics that are not for them
            Path model = TinyOwner.write(temp.resolve("model"), 1);
            publish(login(kafka, WORKER, passwords), model);

            // When
            Readings readings = new Readings();
            List<TopicAccess> accesses;
            List<String> others;
            try (TopicReading topics = new TopicReading(login(kafka, CLIENT, passwords), line -> { })) {
                accesses = topics.read(readings::add);
                others = new ArrayList<>(topics.others());
            }
            ExposureReport report = ExposureAudit.of(readings, "run", Optional.of(OwnersModel.read(model)));
            ExposureResult result = ExposureResult.of(CLIENT, report, accesses, others);

            // Then full topics and empty ones alike are read or refused as the catalogue says
            assertThat(named(accesses, Outcome.READ)).isEqualTo(FOR_CLIENTS);
            assertThat(accesses.stream().filter(access -> access.outcome() == Outcome.REFUSED))
                    .hasSize(Topics.ALL.size() - FOR_CLIENTS.size());
            assertThat(report.layers()).extracting(layer -> layer.parameters().original() > 0)
                    .containsExactly(true, false, false, true, true, true);
            assertThat(result.sound()).isTrue();
            assertThat(String.join("\n", ExposureTable.lines(result))).contains("read as " + CLIENT, "refused",
                    "sound: ").doesNotContain("NOT SOUND");
        }
    }

    private static void publish(KafkaSettings worker, Path model) throws InterruptedException {
        PublishedBase base = PublishedBase.of("run", model,
                LayerSplit.of(TinyOwner.LAYERS, 0, 2, 0.5, LayerRule.FLOOR), BaseType.BFLOAT16);
        PublishedBase dropped = PublishedBase.of("run", model,
                new LayerSplit(List.of(0, 1, 2, 3, 4), List.of(0, 1, 2), List.of(5)), BaseType.BFLOAT16);
        try (EventProducer producer = new EventProducer(worker, WORKER)) {
            for (TensorChunk chunk : base.chunks()) {
                producer.send(Topics.EMULATOR_CHUNK, EventKeys.chunk("run", chunk.getSha256()), chunk);
            }
            for (TensorChunk chunk : dropped.chunks()) {
                producer.send(Topics.SERVER_CHUNK, EventKeys.chunk("run", chunk.getSha256()), chunk);
            }
            producer.send(Topics.PROCESS_STATUS, WORKER, ProcessStarted.newBuilder().setProcess(WORKER)
                    .setRole(WORKER).setVersion("test").setDevice("cpu").setThreads(1).build());
            producer.send(Topics.EMULATOR_MANIFEST, EventKeys.run("run"), base.manifest());
            producer.awaitAll();
        }
    }

    private static Set<String> named(List<TopicAccess> accesses, Outcome outcome) {
        return accesses.stream().filter(access -> access.outcome() == outcome).map(access -> access.topic().name())
                .collect(Collectors.toSet());
    }

    private static KafkaSettings login(EmbeddedKafka kafka, String user, Map<String, Secret> passwords) {
        return new KafkaSettings(kafka.bootstrapServers(), "mock://secured-exposure", Map.of(
                "security.protocol", "SASL_PLAINTEXT", "sasl.mechanism", "SCRAM-SHA-512", "sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + user
                        + "\" password=\"" + passwords.get(user).value() + "\";"));
    }
}
