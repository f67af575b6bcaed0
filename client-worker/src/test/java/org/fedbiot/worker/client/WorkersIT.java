package org.fedbiot.worker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.infra.EmbeddedRegistry;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.format.BaseModel;
import org.fedbiot.learning.format.SafetensorsDirectory;
import org.fedbiot.learning.method.LayerSplit;
import org.fedbiot.learning.method.LocalOutcome;
import org.fedbiot.learning.method.LocalRound;
import org.fedbiot.learning.method.LocalTraining;
import org.fedbiot.learning.method.Progress;
import org.fedbiot.learning.method.SplitModel;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.learning.pretrain.TrialModel;
import org.fedbiot.learning.torch.ComputeDevice;
import org.fedbiot.learning.torch.Torch;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AdapterShard;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.BasePublished;
import org.fedbiot.schemas.event.ClientEvaluated;
import org.fedbiot.schemas.event.ClientFailed;
import org.fedbiot.schemas.event.ClientProgressed;
import org.fedbiot.schemas.event.ClientReported;
import org.fedbiot.schemas.event.DataType;
import org.fedbiot.schemas.event.DeadLetter;
import org.fedbiot.schemas.event.EmulatorPublished;
import org.fedbiot.schemas.event.EvaluatedModel;
import org.fedbiot.schemas.event.EvaluationOpened;
import org.fedbiot.schemas.event.ModelScore;
import org.fedbiot.schemas.event.ModelSpec;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.TaskKind;
import org.fedbiot.schemas.event.TensorChunk;
import org.fedbiot.schemas.event.UpdateCodec;
import org.fedbiot.schemas.event.UpdateManifest;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.integrity.CanonicalBytes;
import org.fedbiot.schemas.integrity.LittleEndian;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.integrity.ShardPlan;
import org.fedbiot.schemas.integrity.SignatureCheck;
import org.fedbiot.schemas.integrity.SigningKey;
import org.fedbiot.schemas.payload.ShardCodec;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.topic.Zone;
import org.fedbiot.worker.ComputeGate;
import org.fedbiot.worker.MethodOptions;
import org.fedbiot.worker.ModelText;
import org.fedbiot.worker.RunFixture;
import org.fedbiot.worker.server.QueueChoice;
import org.fedbiot.worker.server.ServerConfig;
import org.fedbiot.worker.server.ServerWorker;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server worker and two clients on a real broker; coordinator and aggregator are played by hand. */
@Timeout(180)
class WorkersIT {

    @TempDir
    private static Path directory;

    private static final byte[] GARBAGE = {7, 7, 7};
    private static final SigningKey ANNA = SigningKey.generate("anna");
    private static final SigningKey BERT = SigningKey.generate("bert");

    private static EmbeddedKafka kafka;
    private static EmbeddedRegistry registry;
    private static KafkaSettings settings;
    private static Path publicText;
    private static Path evaluationText;

    private final ComputeGate gate = new ComputeGate(2);
    private final SharedBases bases = new SharedBases();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void startBroker() throws Exception {
        kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
        registry = EmbeddedRegistry.start(kafka.bootstrapServers(), 0);
        settings = new KafkaSettings(kafka.bootstrapServers(), registry.url());
        try (Admin admin = Admin.create(settings.admin())) {
            TopicCreation.createMissing(admin, (short) 1);
        }
        writeWhatIsNoEvent();
        publicText = TrialModel.text(directory.resolve("public.jsonl"), 60, 1);
        evaluationText = TrialModel.text(directory.resolve("evaluation.jsonl"), 12, 2);
    }

    /** Before all else in every partition that workers take their work from: nobody may stop at it. */
    private static void writeWhatIsNoEvent() {
        Properties properties = settings.producer("garbage");
        properties.put("value.serializer", ByteArraySerializer.class.getName());
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(properties)) {
            for (Topic topic : List.of(Topics.SERVER_QUEUE, Topics.ROUND_ANNOUNCE)) {
                for (int partition = 0; partition < topic.partitions(); partition++) {
                    producer.send(new ProducerRecord<>(topic.name(), partition, "garbage", GARBAGE));
                }
            }
        }
    }

    @AfterAll
    static void stopBroker() {
        registry.close();
        kafka.close();
    }

    @AfterEach
    void noWorkerMayHaveStopped() {
        assertThat(failures).isEmpty();
    }

    @Test
    void shouldTakeARunFromTheFullModelToItsExport() throws Exception {
        Path model = model("flow", 11);
        String modelBefore = BaseModel.open(model).sha256();
        RunSpec spec = RunFixture.spec("flow", model, publicText, evaluationText, DataType.FLOAT32);
        try (RunFixture run = new RunFixture(settings, spec);
                ServerWorker server = server("one");
                ClientWorker anna = client(ANNA, "flow");
                ClientWorker bert = client(BERT, "flow")) {
            server.start();
            anna.start();
            bert.start();

            // When the model is cut
            ServerTaskCompleted cut = run.complete(run.task(TaskKind.COMPRESS, "compress").build());

            // Then base and emulator are what the result says they are, and alignment got somewhere
            BasePublished base = (BasePublished) run.await(Topics.EMULATOR_MANIFEST, isBase("flow"));
            assertThat(base.getBaseSha256()).isEqualTo(cut.getCompression().getBaseSha256());
            assertThat(cut.getCompression().getModelSha256()).isEqualTo(modelBefore);
            assertThat(cut.getAlignment().getSteps()).isEqualTo(6);
            assertThat(cut.getDevice()).isEqualTo("cpu");
            assertThat(cut.getAlignment().getAfter().getLoss()).isLessThan(cut.getAlignment().getBefore().getLoss());

            // When both clients are called to round 1
            AdapterPublished adapter = run.publishAdapterManifest();
            RoundOpened first = run.round(1, cut, cut, adapter, List.of(ANNA, BERT)).build();
            run.announce(first);
            List<UpdateManifest> updates = updates(run, 1, 2);

            // Then each hands in what training by hand gives, signed, under hashes that are those of its bytes
            for (SigningKey key : List.of(ANNA, BERT)) {
                UpdateManifest update = updates.stream().filter(from -> from.getClientId().equals(key.keyId()))
                        .findFirst().orElseThrow();
                float[] difference = difference(run, update, key);
                assertThat(Arrays.equals(difference, trainedByHand(run, base, first, key).difference().values()))
                        .as("update of %s is what training by hand gives", key.keyId()).isTrue();
                assertThat(norm(difference)).isPositive();
            }

            // And a client holds exactly the layers of emulator and adapter, and one copy for both in memory
            assertHoldsOnly(base, spec, cache(ANNA, "flow"));
            assertNoDroppedLayerIsAnnounced(model, spec);

            // When the emulator is aligned again and round 2 opened
            ServerTaskCompleted aligned = run.complete(versions(run, "align-1", TaskKind.ALIGN, cut, adapter)
                    .setOptimiserState(cut.getAlignment().getOptimiserState()).build());
            run.announce(run.round(2, cut, aligned, adapter, List.of(ANNA, BERT)).build());
            List<UpdateManifest> second = updates(run, 2, 2);

            // Then clients work on the server's new emulator, fetched alone
            EmulatorPublished emulator = (EmulatorPublished) run.await(Topics.EMULATOR_MANIFEST,
                    event -> event instanceof EmulatorPublished published && published.getVersion() == 1
                            && published.getRunId().equals("flow"));
            assertThat(aligned.getAlignment().getEmulatorSha256()).isEqualTo(emulator.getSha256())
                    .isNotEqualTo(cut.getAlignment().getEmulatorSha256());
            assertThat(second).extracting(UpdateManifest::getEmulatorSha256).containsOnly(emulator.getSha256());
            assertReports(run, cut);

            // When all is evaluated and exported
            ServerTaskCompleted scores = run.complete(
                    versions(run, "evaluate-0", TaskKind.EVALUATE, aligned, adapter).build());
            run.announce(evaluation(first, aligned));
            ServerTaskCompleted export = run.complete(
                    versions(run, "export-0", TaskKind.EXPORT, aligned, adapter).build());

            // Then an adapter that is still zero gives the raw full model's scores, and the product is there
            Map<EvaluatedModel, ModelScore> byModel = scores.getEvaluation().getScores().stream()
                    .collect(Collectors.toMap(ModelScore::getModel, score -> score));
            assertThat(byModel).hasSize(4);
            assertThat(byModel.get(EvaluatedModel.ADAP_FU).getNll())
                    .isEqualTo(byModel.get(EvaluatedModel.RAW_FULL).getNll());
            assertThat(byModel.get(EvaluatedModel.ADAP_EMU).getNll())
                    .isNotEqualTo(byModel.get(EvaluatedModel.RAW_COMPRESSED).getNll());
            List<SpecificRecord> own = run.awaitAll(Topics.CLIENT_PRESENCE,
                    event -> event instanceof ClientEvaluated scored && scored.getRunId().equals("flow"), 2);
            assertThat(own).allSatisfy(event -> assertThat(((ClientEvaluated) event).getRecords()).isEqualTo(10));
            assertThat(Path.of(export.getExport().getAdapterDirectory(), "adapter_model.safetensors")).exists();
            assertThat(BaseModel.open(Path.of(export.getExport().getMergedDirectory())).config())
                    .isEqualTo(TrialModel.CONFIG);

            // And nobody's base weights have changed by a bit
            assertThat(BaseModel.open(model).sha256()).isEqualTo(modelBefore);
            assertBaseInMemoryIsPublishedBase(base);
        }
    }

    @Test
    void shouldHandInTheSameBytesWhenAClientDoesARoundAgain() throws Exception {
        RunSpec spec = int8(
                RunFixture.spec("again", model("again", 12), publicText, evaluationText, DataType.BFLOAT16));
        SigningKey key = SigningKey.generate("carl");
        try (RunFixture run = new RunFixture(settings, spec); ServerWorker server = server("two")) {
            server.start();
            ServerTaskCompleted cut = run.complete(run.task(TaskKind.COMPRESS, "compress").build());
            AdapterPublished adapter = run.publishAdapterManifest();
            RoundOpened stale = run.round(1, cut, cut, adapter, List.of(key)).build();
            RoundOpened first = run.round(2, cut, cut, adapter, List.of(key)).build();
            RoundOpened round = run.round(3, cut, cut, adapter, List.of(key)).build();

            // Given two open rounds, of which a client that comes late does the last, and the one after
            run.announce(stale);
            run.announce(first);
            try (ClientWorker client = client(key, "again")) {
                client.start();
                run.await(Topics.CLIENT_PRESENCE, isReport("again", 2));
                run.announce(round);
                run.await(Topics.CLIENT_PRESENCE, isReport("again", 3));
            }
            assertThat(run.records(Topics.UPDATE_MANIFEST).stream().map(record -> (UpdateManifest) record.value())
                    .filter(update -> update.getRunId().equals("again") && update.getRound() == 1)).isEmpty();

            // When it is started again as if it had died before its offset was committed
            try (Admin admin = Admin.create(settings.admin())) {
                admin.deleteConsumerGroups(List.of("fedbiot-client-carl")).all().get();
            }
            try (ClientWorker client = client(key, "again")) {
                client.start();
                List<UpdateManifest> both = updates(run, 3, 2);

                // Then both updates are the same to the last byte, shards included
                assertThat(both.get(0)).isEqualTo(both.get(1));
                List<UpdateShard> shards = run.records(Topics.UPDATE_SHARD).stream()
                        .map(record -> (UpdateShard) record.value())
                        .filter(shard -> shard.getRunId().equals("again") && shard.getRound() == 3).toList();
                assertThat(shards).hasSize(2 * adapter.getShards().size());
                assertThat(Set.copyOf(shards)).hasSize(adapter.getShards().size());

                // And they are the round's difference and what int8 lost of the round before
                assertThat(both.get(0).getShardSha256()).isEqualTo(int8ByHand(run, adapter, first, round, key));

                // When the run is over, then nothing of what was lost is kept
                run.announce(RunEnded.newBuilder().setRunId("again").setOutcome(RunOutcome.COMPLETED).build());
                run.announce(run.round(1, cut, cut, adapter, List.of(SigningKey.generate("carl")))
                        .setRunId("again-2").build());
                run.await(Topics.CLIENT_PRESENCE, isFailure("again-2", 1));
                assertThat(cache(key, "again").resolve("residuals").resolve("carl")).isEmptyDirectory();
            }
        }
    }

    private static RunSpec int8(RunSpec spec) {
        return RunSpec.newBuilder(spec).setAggregation(AggregationSettings.newBuilder(spec.getAggregation())
                .setUpdateCodec(UpdateCodec.INT8).build()).build();
    }

    /** Shard hashes of the second of two rounds that follow each other. */
    private static List<String> int8ByHand(RunFixture run, AdapterPublished adapter, RoundOpened first,
            RoundOpened second, SigningKey key) throws Exception {
        BasePublished base = (BasePublished) run.await(Topics.EMULATOR_MANIFEST, isBase(first.getRunId()));
        ShardCodec codec = ShardCodec.of(UpdateCodec.INT8);
        ShardPlan cut = new ShardPlan(adapter.getElements(), first.getAggregation().getShardBytes());
        float[] before = trainedByHand(run, base, first, key).difference().values();
        float[] owed = trainedByHand(run, base, second, key).difference().values();
        List<ByteBuffer> sent = codec.encode(cut, before);
        for (int shard = 0; shard < sent.size(); shard++) {
            float[] arrived = LittleEndian.floats(codec.decode(sent.get(shard)));
            for (int i = 0; i < arrived.length; i++) {
                owed[cut.start(shard) + i] += before[cut.start(shard) + i] - arrived[i];
            }
        }
        return codec.encode(cut, owed).stream().map(Sha256::of).toList();
    }

    @Test
    void shouldCatchUpWhoJoinsOrComesBackInTheMiddleAndAskTheOthersForNothingTwice() throws Exception {
        RunSpec spec = RunFixture.spec("rejoin", model("rejoin", 16), publicText, evaluationText, DataType.FLOAT32);
        SigningKey steady = SigningKey.generate("fay");
        SigningKey late = SigningKey.generate("gus");
        try (RunFixture run = new RunFixture(settings, spec); ServerWorker server = server("eight");
                ClientWorker fay = client(steady, "rejoin")) {
            server.start();
            fay.start();
            ServerTaskCompleted cut = run.complete(run.task(TaskKind.COMPRESS, "compress").build());
            AdapterPublished adapter = run.publishAdapterManifest();

            // Given a round that one client has handed in to, and that is opened again with one that joins now
            RoundOpened first = run.round(1, cut, cut, adapter, List.of(steady)).build();
            RoundOpened again = run.round(1, cut, cut, adapter, List.of(steady, late)).setAttempt(2).build();
            run.announce(first);
            run.await(Topics.CLIENT_PRESENCE, isReport("rejoin", 1));
            try (ClientWorker gus = client(late, "rejoin")) {
                gus.start();
                run.announce(again);

                // Then the newcomer fetches what it lacks and hands in
                assertThat(updates(run, 1, 2)).extracting(UpdateManifest::getClientId)
                        .containsExactlyInAnyOrder("fay", "gus");
            }

            // When it is away for a round, and back for the one after, on a newer emulator
            ServerTaskCompleted aligned = run.complete(versions(run, "align-1", TaskKind.ALIGN, cut, adapter).build());
            run.announce(run.round(2, cut, aligned, adapter, List.of(steady)).build());
            updates(run, 2, 1);
            run.announce(run.round(3, cut, aligned, adapter, List.of(steady, late)).build());
            try (ClientWorker gus = client(late, "rejoin")) {
                gus.start();
                List<UpdateManifest> third = updates(run, 3, 2);

                // Then both trained on it
                assertThat(third).extracting(UpdateManifest::getEmulatorSha256)
                        .containsOnly(aligned.getAlignment().getEmulatorSha256());
            }

            // And nobody did a round twice, and each said how its upload went
            assertThat(run.records(Topics.UPDATE_MANIFEST).stream().map(record -> (UpdateManifest) record.value())
                    .filter(update -> update.getRunId().equals("rejoin"))
                    .map(update -> update.getRound() + " " + update.getClientId()))
                    .containsExactlyInAnyOrder("1 fay", "1 gus", "2 fay", "3 fay", "3 gus");
            int shards = adapter.getShards().size();
            assertThat(run.records(Topics.CLIENT_PRESENCE).stream().map(ConsumerRecord::value)
                    .filter(event -> event instanceof ClientProgressed moved && moved.getRunId().equals("rejoin")
                            && moved.getClientId().equals("fay") && moved.getRound() == 1 && moved.getShards() > 0)
                    .map(event -> ((ClientProgressed) event).getShardsSent() + "/"
                            + ((ClientProgressed) event).getShards()))
                    .containsExactlyElementsOf(IntStream.rangeClosed(1, shards)
                            .mapToObj(shard -> shard + "/" + shards).toList());
        }
    }

    @Test
    void shouldNotStartAServerWorkerOnTopicsThatForget() throws Exception {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, Topics.TASK_RESULT.name());
        try (Admin admin = Admin.create(settings.admin()); ServerWorker server = server("nine")) {
            setRetention(admin, topic, "60000");
            try {
                assertThatThrownBy(server::start).isInstanceOf(IllegalStateException.class)
                        .hasMessageContainingAll(topic.name(), "retention.ms 60000", "says -1");
            } finally {
                setRetention(admin, topic, "-1");
            }
        }
    }

    private static void setRetention(Admin admin, ConfigResource topic, String millis) throws Exception {
        admin.incrementalAlterConfigs(Map.of(topic, List.of(new AlterConfigOp(
                new ConfigEntry("retention.ms", millis), AlterConfigOp.OpType.SET)))).all().get();
    }

    @Test
    void shouldNotHarmARunWhenATaskIsPublishedTwice() throws Exception {
        RunSpec spec = RunFixture.spec("twice", model("twice", 13), publicText, evaluationText, DataType.FLOAT32);
        SigningKey key = SigningKey.generate("dora");
        try (RunFixture run = new RunFixture(settings, spec)) {
            // Given a worker that published all and was gone before its result: the next one publishes all again
            ServerTaskCompleted lost;
            try (ServerWorker server = server("three")) {
                server.start();
                lost = run.complete(run.task(TaskKind.COMPRESS, "compress-lost").build());
            }
            try (ServerWorker server = server("four"); ClientWorker client = client(key, "twice")) {
                server.start();
                client.start();
                ServerTaskCompleted cut = run.complete(run.task(TaskKind.COMPRESS, "compress").build());

                // Then both are the same, and a round on them works
                assertThat(cut.getCompression()).isEqualTo(lost.getCompression());
                assertThat(cut.getAlignment().getEmulatorSha256())
                        .isEqualTo(lost.getAlignment().getEmulatorSha256());
                AdapterPublished adapter = run.publishAdapterManifest();
                run.announce(run.round(1, cut, cut, adapter, List.of(key)).build());
                assertThat(updates(run, 1, 1).get(0).getBaseSha256()).isEqualTo(cut.getCompression().getBaseSha256());

                // And a task whose result stands is not done again
                run.assign(run.task(TaskKind.COMPRESS, "compress").build());
                run.complete(versions(run, "evaluate-0", TaskKind.EVALUATE, cut, adapter).build());
                assertThat(run.records(Topics.TASK_RESULT).stream()
                        .filter(record -> record.key().equals("twice/compress"))).hasSize(1);
            }
        }
    }

    @Test
    void shouldFinishATaskThatAWorkerWasClosedIn() throws Exception {
        // Given an alignment that would take minutes, and a worker that is closed in it
        RunSpec quick = RunFixture.spec("closed", model("closed", 14), publicText, evaluationText, DataType.FLOAT32);
        RunSpec spec = RunSpec.newBuilder(quick).setAlignment(
                org.fedbiot.schemas.event.AlignmentSettings.newBuilder(quick.getAlignment()).setPreSteps(150)
                        .build()).build();
        try (RunFixture run = new RunFixture(settings, spec)) {
            try (ServerWorker server = server("five")) {
                server.start();
                run.assign(run.task(TaskKind.COMPRESS, "compress").build());
                run.await(Topics.PROCESS_STATUS,
                        event -> event instanceof org.fedbiot.schemas.event.ServerTaskProgressed moved
                                && moved.getRunId().equals("closed") && moved.getPhase().equals("align"));
            }
            assertThat(run.records(Topics.TASK_RESULT).stream().filter(record -> record.key().startsWith("closed/")))
                    .isEmpty();

            // When another one joins
            try (ServerWorker server = server("six")) {
                server.start();
                ServerTaskCompleted done = (ServerTaskCompleted) run.await(Topics.TASK_RESULT,
                        event -> event instanceof ServerTaskCompleted result && result.getRunId().equals("closed"));

                // Then it has done the task
                assertThat(done.getWorker()).isEqualTo("six");
                assertThat(done.getAlignment().getSteps()).isEqualTo(150);
            }
        }
    }

    @Test
    void shouldSayWhyATaskOrARoundCannotBeDone() throws Exception {
        Path model = model("bad", 15);
        RunSpec spec = RunFixture.spec("bad", model, publicText, evaluationText, DataType.FLOAT32);
        SigningKey key = SigningKey.generate("emil");
        try (RunFixture run = new RunFixture(settings, spec); ServerWorker server = server("seven");
                ClientWorker client = client(key, "bad")) {
            server.start();
            client.start();

            // Given a task for a model with another hash, one on a version that is not there, and a good one
            RunSpec other = RunSpec.newBuilder(spec).setModel(
                    ModelSpec.newBuilder(spec.getModel()).setSha256("0".repeat(64)).build()).build();
            String wrongModel = run.failure(run.task(TaskKind.COMPRESS, "compress-wrong").setSpec(other).build());
            ServerTaskCompleted cut = run.complete(run.task(TaskKind.COMPRESS, "compress").build());
            AdapterPublished adapter = run.publishAdapterManifest();
            String noVersion = run.failure(versions(run, "align-1", TaskKind.ALIGN, cut, adapter)
                    .setEmulatorVersion(5).build());

            // Then each failure says what and where, and the worker went on
            assertThat(wrongModel).contains("0".repeat(64)).contains(spec.getModel().getSha256())
                    .contains(model.toString());
            assertThat(noVersion).contains("run bad").contains("emulator version 5")
                    .contains(Topics.EMULATOR_MANIFEST.name());

            // When rounds name an adapter that is not there, and a key that is not the client's
            run.announce(run.round(1, cut, cut, AdapterPublished.newBuilder(adapter).setSha256("1".repeat(64)).build(),
                    List.of(key)).build());
            SpecificRecord noAdapter = run.await(Topics.CLIENT_PRESENCE, isFailure("bad", 1));
            run.announce(run.round(2, cut, cut, adapter, List.of(SigningKey.generate("emil"))).build());
            SpecificRecord wrongKey = run.await(Topics.CLIENT_PRESENCE, isFailure("bad", 2));
            run.announce(run.round(3, cut, cut, adapter, List.of(key)).setLostContact(List.of("emil")).build());
            SpecificRecord lostContact = run.await(Topics.CLIENT_PRESENCE, isFailure("bad", 3));

            // Then the client says so, and does the next round
            assertThat(((ClientFailed) noAdapter).getReason()).contains("adapter version 0").contains("1".repeat(64));
            assertThat(((ClientFailed) wrongKey).getReason()).contains("key registered for client emil");
            assertThat(((ClientFailed) lostContact).getReason()).contains("simulated loss of contact")
                    .contains("round 3");
            run.announce(run.round(4, cut, cut, adapter, List.of(key)).setLostContact(List.of("anna")).build());
            assertThat(updates(run, 4, 1)).hasSize(1);
        }
    }

    @Test
    void shouldWriteDownWhatIsNoEventAndGoOn() throws Exception {
        // Given what is no event before all tasks and announcements, and a worker that passes it
        RunSpec spec = RunFixture.spec("garbage", model("garbage", 16), publicText, evaluationText, DataType.FLOAT32);
        RunSpec other = RunSpec.newBuilder(spec).setModel(
                ModelSpec.newBuilder(spec.getModel()).setSha256("0".repeat(64)).build()).build();
        try (RunFixture run = new RunFixture(settings, spec); ServerWorker server = server("eight")) {
            server.start();
            run.failure(run.task(TaskKind.COMPRESS, "compress").setSpec(other).build());

            // Then each place is in the dead letters, with what is needed to find it
            List<DeadLetter> tasks = run.awaitAll(Topics.SERVER_DEAD_LETTER, event -> event instanceof DeadLetter letter
                    && letter.getOriginTopic().equals(Topics.SERVER_QUEUE.name()),
                    Topics.SERVER_QUEUE.partitions()).stream().map(DeadLetter.class::cast).toList();
            assertThat(tasks).allSatisfy(letter -> {
                assertThat(letter.getProcess()).startsWith("server-");
                assertThat(letter.getOriginOffset()).isZero();
                assertThat(letter.getKey()).isEqualTo("garbage");
                assertThat(letter.getSha256()).isEqualTo(Sha256.of(ByteBuffer.wrap(GARBAGE)));
                assertThat(letter.getBytes()).isEqualTo(GARBAGE.length);
                assertThat(letter.getReason()).contains("does not start with a zero byte");
            });
            DeadLetter announcement = (DeadLetter) run.await(Topics.SERVER_DEAD_LETTER, event ->
                    event instanceof DeadLetter letter
                            && letter.getOriginTopic().equals(Topics.ROUND_ANNOUNCE.name()));
            assertThat(announcement.getProcess()).startsWith("server-");
        }
    }

    @Test
    void shouldRefuseToStartOnADeviceThatIsNotThere() throws Exception {
        ComputeDevice absent = ComputeDevice.of("cuda:99");
        ClientConfig config = new ClientConfig("anna", ANNA, data(ANNA), cache(ANNA, "absent"));
        try (ServerWorker server = new ServerWorker(settings,
                        new ServerConfig("absent", directory.resolve("export"), QueueChoice.AUTO, absent), gate, (process, cause) -> { });
                ClientWorker client = new ClientWorker(settings, config, gate, new SharedBases(absent),
                        (process, cause) -> { })) {
            assertThatThrownBy(server::start).isInstanceOf(BadInputException.class).hasMessageContaining("cuda:99");
            assertThatThrownBy(client::start).isInstanceOf(BadInputException.class).hasMessageContaining("cuda:99");
        }
    }

    private static Path model(String name, long seed) throws Exception {
        Path model = directory.resolve("model-" + name);
        TrialModel.write(model, seed);
        return model;
    }

    private ServerWorker server(String id) {
        return new ServerWorker(settings, new ServerConfig(id, directory.resolve("export")), gate,
                (process, cause) -> failures.add(cause));
    }

    private ClientWorker client(SigningKey key, String run) throws Exception {
        return new ClientWorker(settings,
                new ClientConfig(key.keyId(), key, data(key), cache(key, run)), gate, bases,
                (process, cause) -> failures.add(cause));
    }

    private static Path cache(SigningKey key, String run) {
        return directory.resolve("cache-" + run + "-" + key.keyId());
    }

    private static ClientData data(SigningKey key) throws Exception {
        long seed = key.keyId().hashCode();
        return ClientData.read(TrialModel.text(directory.resolve(key.keyId() + ".jsonl"), 24, seed),
                Optional.of(TrialModel.text(directory.resolve(key.keyId() + "-held.jsonl"), 10, seed + 1)));
    }

    private static ServerTaskAssigned.Builder versions(RunFixture run, String taskId, TaskKind kind,
            ServerTaskCompleted aligned, AdapterPublished adapter) {
        return run.task(kind, taskId).setAdapterVersion(adapter.getVersion()).setAdapterSha256(adapter.getSha256())
                .setEmulatorVersion(aligned.getAlignment().getEmulatorVersion())
                .setEmulatorSha256(aligned.getAlignment().getEmulatorSha256());
    }

    private static EvaluationOpened evaluation(RoundOpened round, ServerTaskCompleted aligned) {
        return EvaluationOpened.newBuilder().setRunId(round.getRunId()).setBaseSha256(round.getBaseSha256())
                .setAdapterVersion(round.getAdapterVersion()).setAdapterSha256(round.getAdapterSha256())
                .setEmulatorVersion(aligned.getAlignment().getEmulatorVersion())
                .setEmulatorSha256(aligned.getAlignment().getEmulatorSha256())
                .setClients(List.of("anna", "bert")).setLora(round.getLora()).setText(round.getText())
                .setBatchTokens(256).setClientThreads(1).build();
    }

    private static List<UpdateManifest> updates(RunFixture run, int round, int count) {
        return run.awaitAll(Topics.UPDATE_MANIFEST, event -> event instanceof UpdateManifest update
                && update.getRunId().equals(run.spec().getRunId()) && update.getRound() == round, count).stream()
                .map(UpdateManifest.class::cast).toList();
    }

    private static byte[] bytes(ByteBuffer view) {
        byte[] bytes = new byte[view.remaining()];
        view.duplicate().get(bytes);
        return bytes;
    }

    /** The update's vector, with every hash and signature on the way checked. */
    private static float[] difference(RunFixture run, UpdateManifest update, SigningKey key) {
        assertThat(SignatureCheck.verify(key.publicKey(), CanonicalBytes.of(update), bytes(update.getSignature())))
                .isTrue();
        assertThat(Sha256.ofHashes(update.getShardSha256())).isEqualTo(update.getSha256());
        float[] difference = new float[update.getElements()];
        List<String> hashes = new ArrayList<>();
        for (ConsumerRecord<String, SpecificRecord> record : run.records(Topics.UPDATE_SHARD)) {
            UpdateShard shard = (UpdateShard) record.value();
            if (shard.getRunId().equals(update.getRunId()) && shard.getRound() == update.getRound()
                    && shard.getClientId().equals(update.getClientId())) {
                assertThat(record.partition()).isEqualTo(shard.getShard() % Topics.SHARD_PARTITIONS);
                assertThat(shard.getSha256()).isEqualTo(Sha256.of(shard.getData()))
                        .isEqualTo(update.getShardSha256().get(shard.getShard()));
                assertThat(SignatureCheck.verify(key.publicKey(), CanonicalBytes.of(shard),
                        bytes(shard.getSignature()))).isTrue();
                float[] values = LittleEndian.floats(shard.getData());
                System.arraycopy(values, 0, difference, shard.getStart(), values.length);
                hashes.add(shard.getSha256());
            }
        }
        assertThat(hashes).hasSize(update.getShardSha256().size());
        return difference;
    }

    /** The round's training on the published base and versions, without a worker. */
    private static LocalOutcome trainedByHand(RunFixture run, BasePublished base, RoundOpened round, SigningKey key)
            throws Exception {
        Torch.useThreads(1);
        LayerSplit split = MethodOptions.split(base.getSplit());
        LoraSpec lora = MethodOptions.lora(round.getLora());
        try (LoadedBase loaded = LoadedBase.load(cache(key, round.getRunId()).resolve(base.getBaseSha256()),
                MethodOptions.baseType(base.getDataType()), ComputeDevice.CPU)) {
            SplitModel model = SplitModel.onClient(loaded.weights(), split);
            float[] adapter = new float[round.getAdapterElements()];
            for (ConsumerRecord<String, SpecificRecord> record : run.records(Topics.ADAPTER_SHARD)) {
                AdapterShard shard = (AdapterShard) record.value();
                if (shard.getRunId().equals(round.getRunId())) {
                    float[] values = LittleEndian.floats(shard.getData());
                    System.arraycopy(values, 0, adapter, shard.getStart(), values.length);
                }
            }
            EmulatorPublished emulator = (EmulatorPublished) run.await(Topics.EMULATOR_MANIFEST,
                    event -> event instanceof EmulatorPublished published
                            && published.getSha256().equals(round.getEmulatorSha256()));
            assertThat(emulator.getChunks()).hasSize(1);
            TensorChunk chunk = (TensorChunk) run.await(Topics.EMULATOR_CHUNK, event -> event instanceof TensorChunk part
                    && part.getSha256().equals(emulator.getChunks().get(0).getSha256()));
            return new LocalTraining(model, lora, MethodOptions.training(round.getTraining())).run(
                    new LocalRound(round.getRunId(), key.keyId(), round.getRound(), round.getSeed(),
                            FactorVector.of(model.adapterLayout(lora), adapter),
                            FactorVector.of(model.emulatorLayout(lora), LittleEndian.floats(chunk.getData()))),
                    ModelText.tokenize(data(key).training(), loaded.tokenizer(), round.getText()).examples(),
                    Progress.NONE);
        }
    }

    private static void assertHoldsOnly(BasePublished base, RunSpec spec, Path cache) throws Exception {
        Path held = cache.resolve(base.getBaseSha256());
        try (Stream<Path> entries = Files.list(cache)) {
            assertThat(entries).containsExactly(held);
        }
        try (Stream<Path> files = Files.list(held)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder("config.json",
                    "model.safetensors", "tokenizer.json", "tokenizer_config.json");
        }
        Set<String> layers = SafetensorsDirectory.open(held).names().stream()
                .filter(name -> name.startsWith("model.layers.")).map(name -> name.split("\\.")[2])
                .collect(Collectors.toSet());
        int count = spec.getSplit().getKeptLayers().size() + spec.getSplit().getAdapterLayers().size();
        assertThat(layers).containsExactlyInAnyOrder("0", "1", "2", "3", "4").hasSize(count);
        assertThat(base.getHeldParameters()).isLessThan(base.getTotalParameters());
    }

    /** By content: no record that a client may read has a dropped layer's weights anywhere in its bytes. */
    private static void assertNoDroppedLayerIsAnnounced(Path model, RunSpec spec) {
        SafetensorsDirectory full = SafetensorsDirectory.open(model);
        String everything = announcedBytes();
        for (int layer = 0; layer < 6; layer++) {
            String prefix = "model.layers." + layer + ".";
            boolean dropped = spec.getSplit().getTeacherLayers().contains(layer)
                    && !spec.getSplit().getKeptLayers().contains(layer);
            for (String name : full.names()) {
                if (name.startsWith(prefix) && name.contains("_proj")) {
                    byte[] start = new byte[24];
                    full.stored(name).get(full.stored(name).position(), start);
                    assertThat(everything.contains(HexFormat.of().formatHex(start))).as(name).isEqualTo(!dropped);
                }
            }
        }
        assertThat(spec.getSplit().getKeptLayers()).hasSizeLessThan(spec.getSplit().getTeacherLayers().size());
    }

    private static String announcedBytes() {
        StringBuilder hex = new StringBuilder();
        Properties properties = settings.consumer("announced", Optional.empty());
        properties.put("value.deserializer", ByteArrayDeserializer.class.getName());
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(properties)) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (Topic topic : Topics.ALL) {
                for (int partition = 0; topic.zone() == Zone.ANNOUNCE && partition < topic.partitions(); partition++) {
                    partitions.add(new TopicPartition(topic.name(), partition));
                }
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(java.time.Duration.ofMillis(100))
                        .forEach(record -> hex.append(HexFormat.of().formatHex(record.value())).append('|'));
            }
        }
        return hex.toString();
    }

    private static void assertReports(RunFixture run, ServerTaskCompleted cut) {
        List<ClientReported> reports = run.awaitAll(Topics.CLIENT_PRESENCE, event -> event instanceof ClientReported
                && ((ClientReported) event).getRunId().equals("flow"), 4).stream().map(ClientReported.class::cast)
                .toList();
        int adapterBytes = cut.getCompression().getAdapterElements() * Float.BYTES;
        int emulatorBytes = cut.getCompression().getEmulatorElements() * Float.BYTES;
        for (ClientReported report : reports) {
            boolean first = report.getRound() == 1;
            assertThat(report.getBytesUp()).isBetween((long) adapterBytes, 3L * adapterBytes);
            // The adapter did not change between the rounds, so round 2 brings the new emulator alone.
            assertThat(report.getBytesDown()).isBetween((long) emulatorBytes + (first ? adapterBytes : 0),
                    emulatorBytes + (first ? 3L * adapterBytes : adapterBytes));
            assertThat(report.getBootstrapBytes()).isBetween(cut.getCompression().getBootstrapBytes(),
                    cut.getCompression().getBootstrapBytes() * 2);
        }
    }

    private void assertBaseInMemoryIsPublishedBase(BasePublished base) {
        try (SharedBases.Lease lease = bases.acquire(base.getBaseSha256(), directory.resolve("never-read"),
                BaseType.FLOAT32)) {
            base.getTensors().forEach(tensor -> {
                ByteBuffer bytes = lease.base().weights().bytes(tensor.getName());
                assertThat(Sha256.of(bytes)).isEqualTo(tensor.getChunks().get(0).getSha256());
                assertThat(tensor.getChunks()).hasSize(1);
            });
        }
    }

    private static Predicate<SpecificRecord> isBase(String runId) {
        return event -> event instanceof BasePublished base && base.getRunId().equals(runId);
    }

    private static Predicate<SpecificRecord> isReport(String runId, int round) {
        return event -> event instanceof ClientReported report && report.getRunId().equals(runId)
                && report.getRound() == round;
    }

    private static Predicate<SpecificRecord> isFailure(String runId, int round) {
        return event -> event instanceof ClientFailed failed && failed.getRunId().equals(runId)
                && failed.getRound() == round;
    }

    private static double norm(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }
}
