package org.fedbiot.cli.exposure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.infra.EmbeddedRegistry;
import org.fedbiot.learning.method.LayerRule;
import org.fedbiot.learning.method.LayerSplit;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.event.TensorChunk;
import org.fedbiot.schemas.topic.Role;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The audit by its command, on what a server worker left in a cluster's topics. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExposureIT {

    @TempDir
    static Path temp;

    private EmbeddedKafka broker;
    private EmbeddedRegistry registry;
    private Path model;

    @BeforeAll
    void publish() throws IOException, InterruptedException {
        broker = EmbeddedKafka.start(temp.resolve("kafka"), 0);
        registry = EmbeddedRegistry.start(broker.bootstrapServers(), 0);
        KafkaSettings kafka = new KafkaSettings(broker.bootstrapServers(), registry.url());
        try (Admin admin = Admin.create(kafka.admin())) {
            TopicCreation.createMissing(admin, (short) 1);
        }
        model = TinyOwner.write(temp.resolve("model"), 1);
        PublishedBase base = PublishedBase.of("run", model,
                LayerSplit.of(TinyOwner.LAYERS, 0, 2, 0.5, LayerRule.FLOOR), BaseType.BFLOAT16);
        try (EventProducer producer = new EventProducer(kafka, "it-exposure")) {
            for (TensorChunk chunk : base.chunks()) {
                producer.send(Topics.EMULATOR_CHUNK, EventKeys.chunk("run", chunk.getSha256()), chunk);
            }
            producer.send(Topics.EMULATOR_MANIFEST, EventKeys.run("run"), base.manifest());
            producer.awaitAll();
        }
    }

    @AfterAll
    void stop() {
        registry.close();
        broker.close();
    }

    @Test
    void shouldHoldWhatCanBeReadAgainstTheModel() throws IOException {
        JsonNode result = new ObjectMapper().readTree(exposure(1, "--model", model.toString(), "--format",
                "json"));

        JsonNode layers = result.get("exposure").get("layers");
        Set<Integer> original = new TreeSet<>();
        Set<Integer> dropped = new TreeSet<>();
        for (JsonNode layer : layers) {
            JsonNode parameters = layer.get("parameters");
            assertThat(parameters.get("held")).isEqualTo(parameters.get("original"));
            if (parameters.get("original").asLong() == parameters.get("total").asLong()) {
                original.add(layer.get("layer").asInt());
            } else if (parameters.get("original").asLong() == 0) {
                dropped.add(layer.get("layer").asInt());
            }
        }
        assertThat(original).containsExactly(0, 3, 4, 5);
        assertThat(dropped).containsExactly(1, 2);
    }

    /** A broker without access control gives anybody everything, and the audit must not call that sound. */
    @Test
    void shouldCallAClusterUnsoundThatChecksNobody() {
        String table = exposure(1);

        assertThat(table).contains("NOT SOUND: ").contains("anybody");
        for (Topic topic : Topics.ALL) {
            assertThat(table.substring(table.indexOf("NOT SOUND")).contains(topic.name()))
                    .as(topic.name()).isEqualTo(!topic.readers().contains(Role.CLIENT));
        }
    }

    private String exposure(int expectedCode, String... options) {
        List<String> words = new ArrayList<>(List.of("run", "--bootstrap-servers", broker.bootstrapServers(),
                "--schema-registry", registry.url()));
        words.addAll(List.of(options));
        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            int code = new CommandLine(new ExposureCommand()).setCaseInsensitiveEnumValuesAllowed(true)
                    .execute(words.toArray(String[]::new));
            assertThat(code).isEqualTo(expectedCode);
        } finally {
            System.setOut(out);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
