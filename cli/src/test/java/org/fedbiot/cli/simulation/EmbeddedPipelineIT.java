package org.fedbiot.cli.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.Test;

/** On the embedded broker with Apicurio as the registry, and with serdes that are named in Kafka's settings. */
class EmbeddedPipelineIT extends PipelineContract {

    private ApicurioRegistry registry;
    private EmbeddedKafka broker;

    @Override
    KafkaSettings start(Path directory) {
        NotedSerde.WRITTEN.clear();
        NotedSerde.READ.clear();
        registry = ApicurioRegistry.start();
        broker = EmbeddedKafka.start(directory.resolve("kafka"), 0);
        return new KafkaSettings(broker.bootstrapServers(), registry.url(), NotedSerde.SETTINGS);
    }

    @Override
    void stop() {
        if (broker != null) {
            broker.close();
        }
        registry.close();
    }

    @Test
    void shouldWriteAndReadEventsWithTheSerdesThatTheSettingsName() {
        // Those that a run without a dead letter, a replay or a kept optimiser has
        Set<Topic> written = Set.of(Topics.COMMAND, Topics.DECISION, Topics.SERVER_QUEUE, Topics.AGGREGATION_CONTROL,
                Topics.ROUND_ANNOUNCE, Topics.EMULATOR_MANIFEST, Topics.EMULATOR_CHUNK, Topics.ADAPTER_MANIFEST,
                Topics.ADAPTER_SHARD, Topics.UPDATE_MANIFEST, Topics.UPDATE_SHARD, Topics.UPDATE_VERDICT,
                Topics.TASK_RESULT, Topics.CLIENT_PRESENCE, Topics.PROCESS_STATUS);

        assertThat(NotedSerde.WRITTEN).containsAll(names(written));
        assertThat(NotedSerde.READ).containsAll(names(written));
    }

    private static Set<String> names(Set<Topic> topics) {
        return topics.stream().map(Topic::name).collect(Collectors.toSet());
    }
}
