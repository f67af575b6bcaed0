package org.fedbiot.worker.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.learning.pretrain.TrialModel;
import org.fedbiot.learning.torch.ComputeDevice;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.GroupLag;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TaskQueue;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.event.DataType;
import org.fedbiot.schemas.event.ModelSpec;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.ServerTaskFailed;
import org.fedbiot.schemas.event.TaskKind;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;
import org.fedbiot.worker.ComputeGate;
import org.fedbiot.worker.RunFixture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where a server worker's tasks come from; each of them fails at once, for the model's hash is not that of its file. */
@Timeout(120)
class ServerQueueIT {

    private static final int TRIES = 8;
    private static final int OLD_TASKS = 100;

    @TempDir
    private Path directory;

    private EmbeddedKafka kafka;
    private KafkaSettings settings;
    private Admin admin;
    private RunFixture run;
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() throws Exception {
        kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
        settings = new KafkaSettings(kafka.bootstrapServers(), "mock://server-queue");
        admin = Admin.create(settings.admin());
        TopicCreation.createMissing(admin, (short) 1);
        Path model = directory.resolve("model");
        TrialModel.write(model, 1);
        RunSpec spec = RunFixture.spec("queue", model, directory.resolve("none"), directory.resolve("none"),
                DataType.FLOAT32);
        run = new RunFixture(settings, RunSpec.newBuilder(spec)
                .setModel(ModelSpec.newBuilder(spec.getModel()).setSha256("0".repeat(64)).build()).build());
    }

    @AfterEach
    void stop() {
        run.close();
        admin.close();
        kafka.close();
        assertThat(failures).isEmpty();
    }

    @Test
    void shouldFailATaskThatEndedEveryWorkerBeforeTheBrokerDropsIt() {
        // Given a task that was tried as often as it may be
        run.assign(task("compress"));
        try (KafkaShareConsumer<String, SpecificRecord> member =
                new KafkaShareConsumer<>(settings.shareConsumer("member", TaskQueue.SHARE_GROUP))) {
            member.subscribe(List.of(Topics.SERVER_QUEUE.name()));
            for (int tried = 1; tried <= TRIES; tried++) {
                ConsumerRecord<String, SpecificRecord> record = take(member);
                assertThat(record.deliveryCount()).hasValue((short) tried);
                member.acknowledge(record, AcknowledgeType.RELEASE);
                member.commitSync();
            }
        }

        // When a worker is given it once more
        try (ServerWorker worker = worker("last", QueueChoice.SHARE)) {
            worker.start();
            ServerTaskFailed failed = (ServerTaskFailed) run.await(Topics.TASK_RESULT, ServerTaskFailed.class::isInstance);

            // Then it does not try, and the run is told
            assertThat(failed.getTaskId()).isEqualTo("compress");
            assertThat(failed.getReason()).contains("handed out 8 times");
            awaitDone();
        }
    }

    @Test
    void shouldSkipWhatIsDoneWhenAClusterGoesOverToAShareGroup() {
        // Given a cluster whose consumer group has done many tasks
        try (EventProducer producer = new EventProducer(settings, "past")) {
            for (int old = 0; old < OLD_TASKS; old++) {
                ServerTaskAssigned task = task("align-" + old);
                String key = EventKeys.task(task.getRunId(), task.getTaskId());
                producer.send(Topics.SERVER_TASK, key, task);
                producer.send(Topics.SERVER_QUEUE, key, task);
                producer.send(Topics.TASK_RESULT, key, new ServerTaskFailed(task.getRunId(), task.getTaskId(),
                        task.getKind(), "past", "done"));
            }
        }
        try (ServerWorker worker = worker("group", QueueChoice.GROUP)) {
            worker.start();
            assertThat(run.failure(task("compress"))).contains("0".repeat(64));
        }

        // When its workers are started with a share group, which begins at the first task
        try (ServerWorker worker = worker("share", QueueChoice.AUTO)) {
            worker.start();
            run.assign(task("evaluate-0"));
            awaitDone();
        }

        // Then only the task that is new was done
        assertThat(run.records(Topics.TASK_RESULT).stream().map(record -> (ServerTaskFailed) record.value())
                .filter(result -> !result.getWorker().equals("past"))
                .map(result -> result.getWorker() + " " + result.getTaskId()))
                .containsExactly("group compress", "share evaluate-0");
    }

    private ServerTaskAssigned task(String taskId) {
        return run.task(TaskKind.COMPRESS, taskId).build();
    }

    private ServerWorker worker(String id, QueueChoice queue) {
        return new ServerWorker(settings, new ServerConfig(id, directory.resolve("export"), queue, ComputeDevice.CPU),
                new ComputeGate(1), (process, cause) -> failures.add(cause));
    }

    private static ConsumerRecord<String, SpecificRecord> take(KafkaShareConsumer<String, SpecificRecord> member) {
        while (true) {
            for (ConsumerRecord<String, SpecificRecord> record : member.poll(Duration.ofSeconds(1))) {
                return record;
            }
        }
    }

    private void awaitDone() {
        while (GroupLag.read(admin, TaskQueue.SHARE_GROUP::equals).stream().noneMatch(lag -> lag.records() == 0)) {
            Thread.onSpinWait();
        }
    }
}
