package org.fedbiot.coordinator.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.fedbiot.coordinator.Inputs;
import org.fedbiot.coordinator.Specs;
import org.fedbiot.schemas.event.RunSubmitted;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A restore that is half way: its records lie in the inputs, and of its decisions none is committed. */
class InputReaderTest {

    private record Written(Topic topic, SpecificRecord event) {
    }

    /** In the order in which a restore writes them. */
    private static final List<Written> ARCHIVED = List.of(
            new Written(Topics.ADAPTER_MANIFEST, Inputs.adapter("run", 0)),
            new Written(Topics.ADAPTER_MANIFEST, Inputs.adapter("run", 1)),
            new Written(Topics.UPDATE_VERDICT, Inputs.accepted("run", 1, "anna")),
            new Written(Topics.UPDATE_VERDICT, Inputs.accepted("run", 1, "ben")),
            new Written(Topics.TASK_RESULT, Inputs.compressed("run")),
            new Written(Topics.TASK_RESULT, Inputs.aligned("run", 1, 1)),
            new Written(Topics.COMMAND, Inputs.key("anna")),
            new Written(Topics.COMMAND, new RunSubmitted(Specs.spec("run"))),
            new Written(Topics.COMMAND, Inputs.cancel("run")),
            new Written(Topics.CLIENT_PRESENCE, Inputs.joined("anna")),
            new Written(Topics.CLIENT_PRESENCE, Inputs.clientFailed("run", 1, "anna")));

    private final MockConsumer<String, SpecificRecord> consumer = new MockConsumer<>("earliest");
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private final InputReader reader = new InputReader(consumer);

    static List<Integer> prefixes() {
        return IntStream.rangeClosed(0, ARCHIVED.size()).boxed().toList();
    }

    @AfterEach
    void close() {
        reader.close();
    }

    @ParameterizedTest
    @MethodSource("prefixes")
    void shouldGiveNothingOfARestoreToDecideUponHoweverFarItHasCome(int prefix) {
        // Given
        start();
        ARCHIVED.subList(0, prefix).forEach(this::restore);

        // When
        InputReader.Batch before = reader.poll(Duration.ZERO);
        say(Topics.COMMAND, new RunSubmitted(Specs.spec("other")));
        ARCHIVED.subList(prefix, ARCHIVED.size()).forEach(this::restore);
        InputReader.Batch after = reader.poll(Duration.ZERO);

        // Then what is no part of it is given, and all of it lies behind
        assertThat(before.records()).isEmpty();
        assertThat(before.undecodable()).isEmpty();
        assertThat(after.records()).extracting(ConsumerRecord::value)
                .containsExactly(new RunSubmitted(Specs.spec("other")));
        assertThat(after.undecodable()).isEmpty();
        assertThat(reader.positions()).allSatisfy((partition, position) ->
                assertThat(position.offset()).isEqualTo(ends.getOrDefault(partition, 0L)));
        assertThat(reader.isBehindCommands(ends)).isFalse();
    }

    private void start() {
        consumer.updateBeginningOffsets(InputReader.partitions().stream()
                .collect(Collectors.toMap(Function.identity(), partition -> 0L)));
        reader.start(Map.of());
    }

    private void restore(Written written) {
        RecordHeaders headers = new RecordHeaders();
        headers.add(EventHeaders.RESTORED, "sha256 of an archive".getBytes(StandardCharsets.UTF_8));
        write(written.topic(), written.event(), headers);
    }

    private void say(Topic topic, SpecificRecord event) {
        write(topic, event, new RecordHeaders());
    }

    private void write(Topic topic, SpecificRecord event, RecordHeaders headers) {
        long offset = ends.merge(new TopicPartition(topic.name(), 0), 1L, Long::sum) - 1;
        consumer.addRecord(new ConsumerRecord<>(topic.name(), 0, offset, 0, TimestampType.CREATE_TIME, 0, 0, "key",
                event, headers, Optional.empty()));
    }
}
