package org.fedbiot.schemas.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.fedbiot.schemas.SampleEvents;
import org.junit.jupiter.api.Test;

class TopicsTest {

    private static final Map<Zone, Set<Role>> WRITERS = Map.of(
            Zone.COMMAND, Set.of(Role.OPERATOR),
            Zone.DECISION, Set.of(Role.COORDINATOR),
            Zone.ANNOUNCE, Set.of(Role.COORDINATOR, Role.SERVER_WORKER, Role.AGGREGATOR),
            Zone.SUBMIT, Set.of(Role.CLIENT),
            Zone.VERDICT, Set.of(Role.AGGREGATOR),
            Zone.RESULT, Set.of(Role.SERVER_WORKER, Role.AGGREGATOR, Role.OPERATOR),
            Zone.PRESENCE, Set.of(Role.CLIENT),
            Zone.STATUS, Set.of(Role.COORDINATOR, Role.AGGREGATOR, Role.SERVER_WORKER),
            Zone.DEAD_LETTER, Set.of(Role.COORDINATOR, Role.AGGREGATOR, Role.SERVER_WORKER),
            Zone.REGISTRY, Set.of(Role.REGISTRY));

    @Test
    void shouldNameEveryTopicOnceAndFindItByName() {
        assertThat(Topics.ALL).extracting(Topic::name).doesNotHaveDuplicates();
        assertThat(Topics.ALL).allSatisfy(topic -> assertThat(Topics.find(topic.name())).containsSame(topic));
        assertThat(Topics.find("fedbiot.no.such.v1")).isEmpty();
    }

    @Test
    void shouldCarryEveryEventThatIsDefined() throws IOException {
        // Given every record definition, and those that are only part of another
        Set<String> defined;
        try (Stream<Path> files = Files.list(Path.of("src/main/avro"))) {
            defined = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".avsc"))
                    .map(name -> name.substring(0, name.length() - ".avsc".length()))
                    .collect(Collectors.toSet());
        }
        Set<String> carried = SampleEvents.types().map(Schema::getName).collect(Collectors.toSet());
        Set<String> parts = SampleEvents.types().flatMap(event -> parts(event).stream()).map(Schema::getName)
                .collect(Collectors.toSet());

        defined.removeAll(parts);
        assertThat(carried).containsExactlyInAnyOrderElementsOf(defined);
    }

    @Test
    void shouldLetOnlyTheZonesOwnRolesWrite() {
        assertThat(Topics.ALL).allSatisfy(topic -> {
            assertThat(topic.writers()).isNotEmpty();
            assertThat(WRITERS.get(topic.zone())).containsAll(topic.writers());
        });
        assertThat(Topics.AGGREGATOR_DEAD_LETTER.writers()).containsExactly(Role.AGGREGATOR);
        assertThat(Topics.SERVER_DEAD_LETTER.writers()).doesNotContain(Role.AGGREGATOR);
    }

    @Test
    void shouldShowClientsAnnouncementsAndNothingElse() {
        assertThat(Topics.ALL).allSatisfy(topic -> assertThat(topic.readers().contains(Role.CLIENT))
                .isEqualTo(topic.zone() == Zone.ANNOUNCE));
    }

    @Test
    void shouldNeverShowClientsWhereTheOwnersTextLies() {
        assertThat(Topics.ALL).filteredOn(topic -> topic.readers().contains(Role.CLIENT))
                .flatExtracting(Topic::events)
                .flatExtracting(event -> parts((Schema) event))
                .extracting(part -> ((Schema) part).getName())
                .doesNotContain("ServerData", "RunSpec");
    }

    @Test
    void shouldShowUpdatesToTheAggregatorAndOperatorsOnly() {
        assertThat(Topics.ALL).filteredOn(topic -> topic.zone() == Zone.SUBMIT).isNotEmpty()
                .allSatisfy(topic -> assertThat(topic.readers())
                        .containsExactlyInAnyOrder(Role.AGGREGATOR, Role.OPERATOR));
    }

    @Test
    void shouldKeepWhatOperatorsReplayBetweenOperators() {
        assertThat(List.of(Topics.REPLAY_VERSION, Topics.REPLAY_SHARD)).allSatisfy(topic -> {
            assertThat(topic.writers()).containsExactly(Role.OPERATOR);
            assertThat(topic.readers()).containsExactly(Role.OPERATOR);
        });
        assertThat(Topics.TASK_RESULT.writers()).containsExactly(Role.SERVER_WORKER);
    }

    @Test
    void shouldNeverMixControlAndPayload() {
        assertThat(Topics.ALL).allSatisfy(topic -> assertThat(topic.events().stream().map(TopicsTest::isPayload)
                .distinct()).as(topic.name()).hasSizeLessThanOrEqualTo(1));
        assertThat(SampleEvents.types().filter(TopicsTest::isPayload).map(Schema::getName))
                .containsExactlyInAnyOrder("TensorChunk", "AdapterShard", "UpdateShard",
                        "ServerMoment");
    }

    @Test
    void shouldLeaveRoomForAWholeChunkAndItsFields() {
        assertThat(Topics.ALL).filteredOn(topic -> topic.events().stream().anyMatch(TopicsTest::isPayload))
                .allSatisfy(topic -> assertThat(topic.maxRecordBytes()).isGreaterThan(Topics.MAX_CHUNK_BYTES + 4096));
    }

    @Test
    void shouldLayShardsAndTheirCloseSideBySide() {
        assertThat(List.of(Topics.AGGREGATION_CONTROL, Topics.ADAPTER_SHARD, Topics.SERVER_MOMENT,
                Topics.UPDATE_SHARD, Topics.UPDATE_MANIFEST)).extracting(Topic::partitions)
                .containsOnly(Topics.SHARD_PARTITIONS);
    }

    @Test
    void shouldNeverLetTheBrokerRemoveARunsRecords() {
        assertThat(Topics.ALL).filteredOn(topic -> topic.zone() != Zone.REGISTRY)
                .allSatisfy(topic -> assertThat(topic.config())
                        .containsEntry("cleanup.policy", "delete")
                        .containsEntry("retention.ms", "-1")
                        .containsEntry("retention.bytes", "-1"));
    }

    @Test
    void shouldKeepTheOrderOfWhatIsFoldedInOnePartition() {
        assertThat(List.of(Topics.COMMAND, Topics.DECISION, Topics.ROUND_ANNOUNCE, Topics.REGISTRY_SCHEMA))
                .extracting(Topic::partitions).containsOnly(1);
    }

    private static boolean isPayload(Schema event) {
        return event.getField("data") != null;
    }

    /** Record types inside an event, at any depth. */
    private static Set<Schema> parts(Schema event) {
        Set<Schema> parts = new HashSet<>();
        event.getFields().forEach(field -> collect(field.schema(), parts));
        return parts;
    }

    private static void collect(Schema schema, Set<Schema> parts) {
        switch (schema.getType()) {
            case RECORD:
                if (parts.add(schema)) {
                    schema.getFields().forEach(field -> collect(field.schema(), parts));
                }
                break;
            case ARRAY:
                collect(schema.getElementType(), parts);
                break;
            case UNION:
                schema.getTypes().forEach(type -> collect(type, parts));
                break;
            default:
                break;
        }
    }
}
