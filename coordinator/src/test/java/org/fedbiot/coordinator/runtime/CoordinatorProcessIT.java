package org.fedbiot.coordinator.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.fedbiot.coordinator.Coordinator;
import org.fedbiot.coordinator.CoordinatorState;
import org.fedbiot.coordinator.Input;
import org.fedbiot.coordinator.Inputs;
import org.fedbiot.coordinator.Phase;
import org.fedbiot.coordinator.Specs;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.infra.EmbeddedRegistry;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.event.ClientFailed;
import org.fedbiot.schemas.event.ClientJoined;
import org.fedbiot.schemas.event.ClientKeyRegistered;
import org.fedbiot.schemas.event.CloseReason;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.DeadLetter;
import org.fedbiot.schemas.event.MissedQuorum;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunAccepted;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.event.RunRefused;
import org.fedbiot.schemas.event.RunSubmitted;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.TaskKind;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.integrity.CanonicalBytes;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.integrity.SigningKey;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class CoordinatorProcessIT {

    private static final String RUN = "run";
    private static final long DEADLINE_MILLIS = 1_000;

    @TempDir
    private Path directory;

    private final ManualClock clock = new ManualClock(1_000_000);
    private EmbeddedKafka kafka;
    private EmbeddedRegistry registry;
    private KafkaSettings settings;
    private Others others;

    @BeforeEach
    void startBroker() {
        kafka = EmbeddedKafka.start(directory, 0);
        registry = EmbeddedRegistry.start(kafka.bootstrapServers(), 0);
        settings = new KafkaSettings(kafka.bootstrapServers(), registry.url());
        try (Admin admin = Admin.create(settings.admin())) {
            TopicCreation.createMissing(admin, (short) 1);
        }
        others = new Others(settings);
    }

    @AfterEach
    void stopBroker() {
        others.close();
        registry.close();
        kafka.close();
    }

    @Test
    void shouldDriveARunToItsEndOverRestartsWithoutRepeatingADecision() {
        // Given
        others.register("anna", "ben", "cleo");
        others.say(Topics.COMMAND, new RunSubmitted(Specs.spec(RUN)));

        // When: the coordinator ends in three phases, with answers to its decisions on their way
        runUntil(() -> others.answerUntil(ServerTaskAssigned.class, task -> task.getKind() == TaskKind.COMPRESS));
        runUntil(() -> others.answerUntil(RoundOpened.class, round -> round.getRound() == 1));
        runUntil(() -> others.answerUntil(ServerTaskAssigned.class, task -> task.getKind() == TaskKind.ALIGN));
        runUntil(() -> others.answerUntil(RunEnded.class, ended -> true));

        // Then
        List<SpecificRecord> log = others.seen();
        assertThat(log).doesNotHaveDuplicates();
        assertThat(names(log, "ServerTaskAssigned", "RoundOpened", "RoundClosed", "EvaluationOpened", "RunEnded"))
                .containsExactly("ServerTaskAssigned", "RoundOpened", "RoundClosed", "ServerTaskAssigned",
                        "RoundOpened", "RoundClosed", "ServerTaskAssigned", "EvaluationOpened", "ServerTaskAssigned",
                        "RunEnded");
        assertThat(fold(log).run(RUN).orElseThrow().phase()).isInstanceOfSatisfying(Phase.Ended.class, ended ->
                assertThat(ended.ended().getOutcome()).isEqualTo(RunOutcome.COMPLETED));
        assertThat(readAll(Topics.SERVER_TASK)).extracting(ConsumerRecord::key).containsExactlyInAnyOrder(
                "run/compress", "run/align-1", "run/evaluate-2", "run/export-2");
        assertThat(readAll(Topics.ROUND_ANNOUNCE)).extracting(record -> record.value().getSchema().getName())
                .containsExactly("RoundOpened", "RoundOpened", "EvaluationOpened", "RunEnded");
        assertThat(readAll(Topics.AGGREGATION_CONTROL).stream().collect(Collectors.groupingBy(
                ConsumerRecord::partition, Collectors.mapping(ConsumerRecord::key, Collectors.toList()))))
                .hasSize(Topics.SHARD_PARTITIONS)
                .allSatisfy((partition, keys) ->
                        assertThat(keys).containsExactly("run", "run/1", "run/1", "run/2", "run/2", "run"));
    }

    /** Each of the two is legal alone; together they would give every layer away (design 6, invariant 1). */
    @Test
    void shouldRefuseARunThatCompletesWhatOneBeforeARestartGaveAway() {
        // Given a run that has ended, and a coordinator that only knows of it from the log
        others.register("anna", "ben", "cleo");
        others.say(Topics.COMMAND, new RunSubmitted(Specs.spec(RUN)));
        runUntil(() -> others.answerUntil(RunEnded.class, ended -> true));

        // When
        others.say(Topics.COMMAND, new RunSubmitted(Specs.adapterOfTwo("second")));
        RunRefused refused = runUntil(() -> others.await(RunRefused.class, any -> true));

        // Then
        assertThat(refused.getRunId()).isEqualTo("second");
        assertThat(refused.getReason()).contains("all 12 layers", Specs.MODEL, "[0, 1, 3, 4, 5, 7, 8, 9, 10, 11]");
        assertThat(readAll(Topics.SERVER_TASK)).extracting(ConsumerRecord::key).noneMatch(
                key -> ((String) key).startsWith("second"));
    }

    @Test
    void shouldStopOnceAnotherHasTakenOver() {
        // Given
        LinkedBlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
        try (CoordinatorProcess first = new CoordinatorProcess(settings, clock, failures::add);
                KafkaProducer<String, SpecificRecord> other = new KafkaProducer<>(
                        settings.transactionalProducer("other", CoordinatorProcess.NAME))) {
            first.start();
            others.register("anna", "ben", "cleo");
            others.await(ClientJoined.class, joined -> joined.getClientId().equals("cleo"));

            // When
            other.initTransactions();
            others.say(Topics.COMMAND, new RunSubmitted(Specs.spec(RUN)));

            // Then
            assertThatThrownBy(() -> first.termination().join()).isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(CoordinatorFencedException.class);
            assertThat(failures).singleElement().isInstanceOf(CoordinatorFencedException.class);
        }
        assertThat(runUntil(() -> others.await(RunAccepted.class, any -> true)).getRunId()).isEqualTo(RUN);
        assertThat(others.seen()).doesNotHaveDuplicates();
    }

    @Test
    void shouldStandByWithoutFencingAndTakeOverWhenTheFirstIsClosed() {
        // Given
        CoordinatorProcess first = new CoordinatorProcess(settings, clock);
        try (CoordinatorProcess second = new CoordinatorProcess(settings, clock)) {
            first.start();
            others.register("anna", "ben", "cleo");
            others.await(ClientJoined.class, joined -> joined.getClientId().equals("cleo"));
            second.start();
            awaitLeaseMembers(2);

            // When both are there, the first goes on to decide
            others.say(Topics.COMMAND, new RunSubmitted(Specs.spec(RUN)));
            others.answerUntil(RoundOpened.class, round -> round.getRound() == 1);
            assertThat(first.termination()).isNotDone();
            assertThat(starts()).isEqualTo(1);
            first.close();

            // Then
            others.answerUntil(RunEnded.class, any -> true);
            assertThat(first.termination()).isCompleted();
            assertThat(second.termination()).isNotDone();
            assertThat(starts()).isEqualTo(2);
            assertThat(others.seen()).doesNotHaveDuplicates();
        } finally {
            first.close();
        }
    }

    @Test
    void shouldTakeOverFromAKilledProcess() throws Exception {
        // Given a coordinator in a process of its own
        Process first = CoordinatorMain.launch(kafka.bootstrapServers(), registry.url());
        try (CoordinatorProcess second = new CoordinatorProcess(settings, clock)) {
            others.register("anna", "ben", "cleo");
            others.await(ClientJoined.class, joined -> joined.getClientId().equals("cleo"));
            second.start();
            awaitLeaseMembers(2);

            // When it dies without a word
            first.destroyForcibly().waitFor();
            others.say(Topics.COMMAND, new RunSubmitted(Specs.spec(RUN)));

            // Then
            others.answerUntil(RunEnded.class, any -> true);
            assertThat(second.termination()).isNotDone();
            assertThat(others.seen()).doesNotHaveDuplicates();
        } finally {
            first.destroyForcibly();
        }
    }

    @Test
    void shouldEndWhileItStandsBy() {
        // Given
        try (CoordinatorProcess first = new CoordinatorProcess(settings, clock)) {
            first.start();
            awaitLeaseMembers(1);
            CoordinatorProcess second = new CoordinatorProcess(settings, clock);
            second.start();
            awaitLeaseMembers(2);

            // When
            second.close();

            // Then
            assertThat(second.termination()).isCompleted();
        }
    }

    @Test
    void shouldRefuseADecisionLogWhoseStartWasDeleted() throws Exception {
        // Given
        others.register("anna");
        runUntil(() -> others.await(ClientJoined.class, any -> true));
        TopicPartition log = new TopicPartition(Topics.DECISION.name(), 0);
        try (Admin admin = Admin.create(settings.admin())) {
            admin.deleteRecords(Map.of(log, RecordsToDelete.beforeOffset(1))).all().get();
        }

        // When, then
        assertThatThrownBy(this::endByItself).hasMessageContainingAll(log.topic(), "begins at offset 1");
    }

    @Test
    void shouldRefuseADecisionLogWithAHole() {
        // Given an update of a run that is not in the log
        others.say(Topics.DECISION, Inputs.key("anna"));
        others.say(Topics.DECISION, Inputs.accepted(RUN, 1, "anna"));

        // When, then
        assertThatThrownBy(this::endByItself).hasMessageContainingAll(Topics.DECISION.name(), "partition 0",
                "offset 1", "run run");
    }

    @Test
    void shouldRefuseTopicsThatForget() throws Exception {
        // Given
        try (Admin admin = Admin.create(settings.admin())) {
            admin.incrementalAlterConfigs(Map.of(
                    new ConfigResource(ConfigResource.Type.TOPIC, Topics.UPDATE_VERDICT.name()),
                    List.of(new AlterConfigOp(new ConfigEntry("retention.ms", "60000"), AlterConfigOp.OpType.SET))))
                    .all().get();
        }

        // When, then
        assertThatThrownBy(this::endByItself).hasMessageContainingAll(Topics.UPDATE_VERDICT.name(),
                "retention.ms 60000", "says -1", "kafka-configs.sh", "--add-config retention.ms=-1");
    }

    @Test
    void shouldOpenARoundAgainAndTakeTheFirstAttemptsUpdatesAcrossARestart() {
        // Given a round that misses its quorum at the deadline
        others.register("anna", "ben", "cleo");
        others.say(Topics.COMMAND, new RunSubmitted(Specs.with(Specs.spec(RUN), "federation.onMissedQuorum",
                MissedQuorum.REOPEN)));
        runUntil(() -> {
            others.answerUntil(ServerTaskAssigned.class, any -> true);
            return others.await(RoundOpened.class, any -> true);
        });
        others.say(Topics.UPDATE_VERDICT, Inputs.accepted(RUN, 1, "cleo"));
        clock.advance(DEADLINE_MILLIS);
        RoundOpened again = runUntil(() -> others.await(RoundOpened.class, round -> round.getAttempt() == 2));

        // When
        others.say(Topics.UPDATE_VERDICT, Inputs.accepted(RUN, 1, "anna"));
        others.say(Topics.UPDATE_VERDICT, Inputs.accepted(RUN, 1, "ben"));
        RoundClosed closed = runUntil(() -> others.await(RoundClosed.class, any -> true));

        // Then
        assertThat(again.getDeadlineMillis()).isEqualTo(clock.millis() + DEADLINE_MILLIS);
        assertThat(closed.getCounted()).extracting(CountedUpdate::getClientId).containsExactly("anna", "ben", "cleo");
        assertThat(readAll(Topics.ROUND_ANNOUNCE)).extracting(record -> ((RoundOpened) record.value()).getAttempt())
                .containsExactly(1, 2);
    }

    @Test
    void shouldNotLetADeadlineOvertakeVerdictsThatAreInTheLog() {
        // Given: the coordinator is down while the updates come in and the deadline passes
        openRoundOne();
        for (String client : List.of("anna", "ben", "cleo")) {
            others.say(Topics.UPDATE_VERDICT, Inputs.accepted(RUN, 1, client));
        }
        clock.advance(10 * DEADLINE_MILLIS);

        // When
        RoundClosed closed = runUntil(() -> others.await(RoundClosed.class, any -> true));

        // Then
        assertThat(closed.getReason()).isEqualTo(CloseReason.ALL_IN);
        assertThat(closed.getCounted()).extracting(CountedUpdate::getClientId).containsExactly("anna", "ben", "cleo");
    }

    @Test
    void shouldNotLetADeadlineOvertakeVerdictsOfAnOpenTransaction() {
        // Given
        openRoundOne();
        try (KafkaProducer<String, SpecificRecord> aggregator =
                new KafkaProducer<>(settings.transactionalProducer("aggregator", "aggregator"))) {
            aggregator.initTransactions();
            aggregator.beginTransaction();
            for (String client : List.of("anna", "ben", "cleo")) {
                aggregator.send(new ProducerRecord<>(Topics.UPDATE_VERDICT.name(), Inputs.accepted(RUN, 1, client)));
            }
            aggregator.flush();
            clock.advance(10 * DEADLINE_MILLIS);

            // When: the coordinator has decided upon something else meanwhile
            RoundClosed closed = runUntil(() -> {
                others.say(Topics.CLIENT_PRESENCE, Inputs.joined("dora"));
                others.await(ClientJoined.class, joined -> joined.getClientId().equals("dora"));
                aggregator.commitTransaction();
                return others.await(RoundClosed.class, any -> true);
            });

            // Then
            assertThat(closed.getReason()).isEqualTo(CloseReason.ALL_IN);
            assertThat(closed.getCounted()).hasSize(3);
        }
    }

    @Test
    void shouldCloseAtTheDeadlineWithTheQuorum() {
        // Given
        openRoundOne();
        others.say(Topics.UPDATE_VERDICT, Inputs.accepted(RUN, 1, "cleo"));
        others.say(Topics.UPDATE_VERDICT, Inputs.accepted(RUN, 1, "anna"));
        clock.advance(DEADLINE_MILLIS);

        // When
        RoundClosed closed = runUntil(() -> others.await(RoundClosed.class, any -> true));

        // Then
        assertThat(closed.getReason()).isEqualTo(CloseReason.DEADLINE);
        assertThat(closed.getCounted()).extracting(CountedUpdate::getClientId).containsExactly("anna", "cleo");
    }

    @Test
    void shouldPutUnusableInputsAsideAndGoOn() throws ExecutionException, InterruptedException {
        // Given
        byte[] junk = {7, 7, 7};
        try (KafkaProducer<String, byte[]> anybody = new KafkaProducer<>(settings.admin(), new StringSerializer(),
                new ByteArraySerializer())) {
            anybody.send(new ProducerRecord<>(Topics.COMMAND.name(), "junk", junk)).get();
            anybody.send(new ProducerRecord<>(Topics.COMMAND.name(), "tombstone", null)).get();
        }
        others.say(Topics.COMMAND, Inputs.key("Not An Id"));
        others.say(Topics.COMMAND, Inputs.key("anna"));

        // When
        runUntil(() -> others.await(ClientKeyRegistered.class, any -> true));

        // Then
        List<DeadLetter> letters = readAll(Topics.SERVER_DEAD_LETTER).stream()
                .map(record -> (DeadLetter) record.value()).toList();
        assertThat(letters).extracting(DeadLetter::getOriginOffset).containsExactly(0L, 1L, 2L);
        assertThat(letters).extracting(DeadLetter::getOriginTopic).containsOnly(Topics.COMMAND.name());
        assertThat(letters).extracting(DeadLetter::getKey).containsExactly("junk", "tombstone", "key");
        assertThat(letters.get(0).getSha256()).isEqualTo(Sha256.of(junk));
        assertThat(letters.get(2).getReason()).contains("Not An Id");
    }

    @Test
    void shouldNotLoseAClientsRoundToAForgedFailure() {
        // Given a round that waits for three
        openRoundOne();
        ClientFailed forged = Inputs.clientFailed(RUN, 1, "ben", SigningKey.generate(Inputs.keyOf("ben").keyId()));

        // When somebody says in ben's name that he failed, and all three hand in
        others.say(Topics.CLIENT_PRESENCE, forged);
        for (String client : List.of("anna", "ben", "cleo")) {
            others.say(Topics.UPDATE_VERDICT, Inputs.accepted(RUN, 1, client));
        }
        RoundClosed closed = runUntil(() -> others.await(RoundClosed.class, any -> true));

        // Then all three count, and what was said is among the dead letters
        assertThat(closed.getCounted()).extracting(CountedUpdate::getClientId).containsExactly("anna", "ben", "cleo");
        assertThat(others.seen()).noneMatch(ClientFailed.class::isInstance);
        assertThat(readAll(Topics.SERVER_DEAD_LETTER)).extracting(letter -> (DeadLetter) letter.value())
                .singleElement().satisfies(letter -> {
                    assertThat(letter.getOriginTopic()).isEqualTo(Topics.CLIENT_PRESENCE.name());
                    assertThat(letter.getReason()).isEqualTo(
                            "BAD_SIGNATURE: ClientFailed is not by the key that it names");
                });
    }

    @Test
    void shouldFindTheKeyOfAJoinInACommandThatWasWrittenAfterIt() {
        // Given a client whose next key is registered while no coordinator runs, behind a join that is signed with it
        SigningKey next = SigningKey.generate("anna-2");
        ClientJoined unsigned = ClientJoined.newBuilder(Inputs.joined("anna")).setKeyId(next.keyId()).build();
        ClientJoined joined = ClientJoined.newBuilder(unsigned)
                .setSignature(ByteBuffer.wrap(next.sign(CanonicalBytes.of(unsigned)))).build();
        others.register("anna");
        runUntil(() -> others.await(ClientJoined.class, any -> true));
        others.say(Topics.CLIENT_PRESENCE, joined);
        others.say(Topics.COMMAND, Inputs.registered("anna", next));

        // When
        runUntil(() -> others.await(ClientJoined.class, joined::equals));

        // Then
        assertThat(readAll(Topics.SERVER_DEAD_LETTER)).isEmpty();
    }

    @Test
    void shouldNotDecideAgainUponARefusedSubmitWhenTheBrokerForgotTheOffsets() throws Exception {
        // Given: refused for want of keys, which came later
        others.say(Topics.COMMAND, new RunSubmitted(Specs.spec(RUN)));
        runUntil(() -> {
            others.await(RunRefused.class, refused -> refused.getRunId().equals(RUN));
            others.register("anna", "ben", "cleo");
            return others.await(ClientJoined.class, joined -> joined.getClientId().equals("cleo"));
        });
        try (Admin admin = Admin.create(settings.admin())) {
            admin.deleteConsumerGroups(List.of(CoordinatorProcess.NAME)).all().get();
        }
        others.say(Topics.COMMAND, new RunSubmitted(Specs.spec("second")));

        // When
        runUntil(() -> others.await(RunAccepted.class, accepted -> accepted.getRunId().equals("second")));

        // Then
        assertThat(fold(others.seen()).run(RUN)).isEmpty();
        assertThat(others.seen()).doesNotHaveDuplicates();
    }

    @Test
    void shouldNeitherDecideNorFailWhereARestoreIsHalfWay() {
        // Given the inputs of a run that was archived, and half of its decisions in a transaction that is open
        List<SpecificRecord> inputs = List.of(Inputs.key("anna"), Inputs.key("ben"), Inputs.key("cleo"),
                Inputs.joined("anna"), Inputs.joined("ben"), Inputs.joined("cleo"), new RunSubmitted(Specs.spec(RUN)),
                Inputs.compressed(RUN), Inputs.adapter(RUN, 0), Inputs.accepted(RUN, 1, "anna"));
        List<SpecificRecord> decisions = decisions(inputs);
        assertThat(decisions).hasSizeGreaterThan(8).last().isInstanceOf(UpdateAccepted.class);
        try (Producer<String, SpecificRecord> payloads = new KafkaProducer<>(settings.producer("restore"))) {
            inputs.forEach(input -> payloads.send(restored(topicOf(input), input)));
        }
        try (Producer<String, SpecificRecord> restore =
                new KafkaProducer<>(settings.transactionalProducer("restore", CoordinatorProcess.NAME))) {
            restore.initTransactions();
            restore.beginTransaction();
            decisions.subList(0, decisions.size() / 2).forEach(decision ->
                    restore.send(restored(Topics.DECISION, decision)));
            restore.flush();

            // When a coordinator starts, and another run is submitted
            others.register("anna", "ben", "cleo");
            others.say(Topics.COMMAND, new RunSubmitted(Specs.spec("other")));
            ServerTaskAssigned task = runUntil(() -> others.await(ServerTaskAssigned.class, any -> true));

            // Then it decides upon that one alone, and the restore hears that it was shut out
            assertThat(task.getRunId()).isEqualTo("other");
            assertThat(others.seen()).noneMatch(decision -> decision.toString().contains("\"" + RUN + "\""));
            assertThat(readAll(Topics.SERVER_DEAD_LETTER)).isEmpty();
            assertThatThrownBy(restore::commitTransaction).isInstanceOf(KafkaException.class);
        }
    }

    /** As the coordinator takes them on these inputs. */
    private static List<SpecificRecord> decisions(List<SpecificRecord> inputs) {
        List<SpecificRecord> decisions = new ArrayList<>();
        CoordinatorState state = CoordinatorState.initial();
        for (SpecificRecord input : inputs) {
            for (SpecificRecord decision : Coordinator.decide(state, new Input(input, 0))) {
                state = Coordinator.apply(state, decision);
                decisions.add(decision);
            }
        }
        return decisions;
    }

    private static Topic topicOf(SpecificRecord input) {
        return Stream.of(Topics.COMMAND, Topics.CLIENT_PRESENCE, Topics.TASK_RESULT, Topics.ADAPTER_MANIFEST,
                Topics.UPDATE_VERDICT).filter(topic -> topic.events().contains(input.getSchema())).findFirst()
                .orElseThrow();
    }

    private static ProducerRecord<String, SpecificRecord> restored(Topic topic, SpecificRecord event) {
        ProducerRecord<String, SpecificRecord> record = new ProducerRecord<>(topic.name(), "key", event);
        record.headers().add(EventHeaders.RESTORED, "sha256 of an archive".getBytes(StandardCharsets.UTF_8));
        return record;
    }

    private void openRoundOne() {
        others.register("anna", "ben", "cleo");
        others.say(Topics.COMMAND, new RunSubmitted(Specs.spec(RUN)));
        runUntil(() -> {
            others.answerUntil(ServerTaskAssigned.class, any -> true);
            return others.await(RoundOpened.class, any -> true);
        });
    }

    /** A coordinator lives for as long as this takes. */
    private <T> T runUntil(Supplier<T> done) {
        try (CoordinatorProcess process = new CoordinatorProcess(settings, clock)) {
            process.start();
            return done.get();
        }
    }

    /** Throws what the process ended with. */
    private void endByItself() {
        try (CoordinatorProcess process = new CoordinatorProcess(settings, clock)) {
            process.start();
            process.termination().join();
        }
    }

    private int starts() {
        return readAll(Topics.PROCESS_STATUS).size();
    }

    /** The group of coordinators has so many members. The test's own timeout bounds it. */
    private void awaitLeaseMembers(int members) {
        try (Admin admin = Admin.create(settings.admin())) {
            while (leaseMembers(admin) < members) {
                Thread.onSpinWait();
            }
        }
    }

    private static int leaseMembers(Admin admin) {
        try {
            return admin.describeConsumerGroups(List.of(CoordinatorProcess.LEASE_GROUP)).all().get()
                    .get(CoordinatorProcess.LEASE_GROUP).members().size();
        } catch (ExecutionException e) {
            assertThat(e.getCause()).as("a group that nobody has joined").isInstanceOf(GroupIdNotFoundException.class);
            return 0;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<ConsumerRecord<String, SpecificRecord>> readAll(Topic topic) {
        List<ConsumerRecord<String, SpecificRecord>> records = new ArrayList<>();
        try (EventReader reader = new EventReader(settings, "all", topic)) {
            while (!reader.atEnd()) {
                records.addAll(reader.poll(Duration.ofMillis(100)));
            }
        }
        return records;
    }

    private static List<String> names(List<SpecificRecord> log, String... wanted) {
        return log.stream().map(event -> event.getSchema().getName()).filter(List.of(wanted)::contains).toList();
    }

    private static CoordinatorState fold(List<SpecificRecord> log) {
        CoordinatorState state = CoordinatorState.initial();
        for (SpecificRecord event : log) {
            state = Coordinator.apply(state, event);
        }
        return state;
    }
}
