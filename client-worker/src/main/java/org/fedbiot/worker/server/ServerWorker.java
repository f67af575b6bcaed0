package org.fedbiot.worker.server;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.fedbiot.learning.check.DeviceCheck;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TaskQueue;
import org.fedbiot.schemas.client.TopicCheck;
import org.fedbiot.schemas.event.ProcessStarted;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.ServerTaskFailed;
import org.fedbiot.schemas.event.TaskKind;
import org.fedbiot.schemas.topic.Role;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventHeaders;
import org.fedbiot.schemas.wire.EventKeys;
import org.fedbiot.worker.ClosedDuringWorkException;
import org.fedbiot.worker.ComputeGate;
import org.fedbiot.worker.FailureListener;
import org.fedbiot.worker.InHand;
import org.fedbiot.worker.LeasedConsumer;
import org.fedbiot.worker.LeasedWork;
import org.fedbiot.worker.OneLine;
import org.fedbiot.worker.ShareGroupConsumer;
import org.fedbiot.worker.TaskSource;
import org.fedbiot.worker.WorkMeters;
import org.fedbiot.worker.version.FactorVersions;
import org.fedbiot.worker.version.VersionCatalog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does server tasks, one at a time, beside others of its kind. Payloads are written before their
 * manifest and the result last, each acknowledged before the next: a worker that dies in between leaves a task that
 * another does again, and what was published twice is told apart by its hash.
 */
public final class ServerWorker implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(ServerWorker.class);
    /**
     * How often a task is tried. A share group's last deliveries are kept for saying that it will not be done: a broker
     * that has handed a record out once too often drops it without a word, and the run would wait for ever.
     */
    private static final int TRIES = TaskQueue.DELIVERY_LIMIT - 2;

    private final KafkaSettings settings;
    private final ServerConfig config;
    private final String process;
    private final ComputeGate gate;
    private final EventProducer producer;
    private final WorkMeters meters;
    private final TaskResults results;
    private final VersionCatalog catalog;
    private final FactorVersions versions;
    private final FullModels models;
    private final Map<TaskKind, ServerTask> kinds = new EnumMap<>(TaskKind.class);
    private final KeptMoments moments;
    private final OriginBase origins;
    private final OriginMoments serverMoments;
    private final DeadLetters deadLetters;
    private final FailureListener listener;
    private final InHand work = new InHand(new Tasks());
    private volatile TaskSource tasks;
    private volatile boolean closed;

    /** One that nobody measures. */
    public ServerWorker(KafkaSettings settings, ServerConfig config, ComputeGate gate, FailureListener listener) {
        this(settings, config, gate, listener, WorkMeters.ofServer(WorkMeters.nobody(), gate));
    }

    /**
     * Connects; no task is taken before {@link #start}.
     *
     * @param gate over the cores of this process
     * @param listener told if the worker stops because it cannot go on
     * @param meters of this process
     */
    public ServerWorker(KafkaSettings settings, ServerConfig config, ComputeGate gate, FailureListener listener,
            WorkMeters meters) {
        this.settings = settings;
        this.config = Objects.requireNonNull(config, "config");
        this.gate = Objects.requireNonNull(gate, "gate");
        this.process = "server-" + config.workerId();
        this.models = new FullModels(config.device());
        this.meters = Objects.requireNonNull(meters, "meters");
        this.producer = new EventProducer(settings, process, meters.registry());
        this.listener = Objects.requireNonNull(listener, "listener");
        this.deadLetters = new DeadLetters(process, producer, meters);
        this.results = new TaskResults(settings, process + "-results", deadLetters);
        this.catalog = new VersionCatalog(settings, process + "-manifests", deadLetters);
        this.versions = new FactorVersions(settings, process, catalog);
        this.moments = new KeptMoments(settings, process, producer);
        EmulatorPublisher publisher = new EmulatorPublisher(producer);
        ServerTexts texts = new ServerTexts();
        EmulatorTraining training = new EmulatorTraining(texts, moments, gate);
        origins = new OriginBase(settings, process, catalog, publisher);
        serverMoments = new OriginMoments(settings, process);
        ServerTask cut = new Compression(producer, models, publisher, training);
        ServerTask fork = new Forking(producer, models, origins, versions, publisher, training, moments,
                serverMoments);
        kinds.put(TaskKind.COMPRESS, (task, result, report) ->
                (task.getSpec().getFork() == null ? cut : fork).run(task, result, report));
        kinds.put(TaskKind.ALIGN, new Realignment(models, catalog, versions, publisher, training));
        kinds.put(TaskKind.EVALUATE, new Scoring(models, versions, texts, gate));
        kinds.put(TaskKind.EXPORT, new Exporting(config.exportDirectory(), models, versions));
    }

    /**
     * Says that the worker is there, joins the group and takes tasks.
     *
     * @throws IllegalStateException if a topic or the share group is not as it must be, so that a run's records could be
     *     lost
     * @throws org.fedbiot.learning.BadInputException if the device is not there, or does not compute what the CPU does
     */
    public void start() {
        new DeviceCheck().require(config.device());
        TopicCheck.verify(settings, Role.SERVER_WORKER);
        boolean shared;
        try (Admin admin = Admin.create(settings.admin())) {
            shared = config.queue().isShare(admin, process);
        }
        tasks = tasks(shared);
        ProcessStarted started = ProcessStarted.newBuilder().setProcess(process).setRole("server-worker")
                .setVersion(Optional.ofNullable(getClass().getPackage().getImplementationVersion())
                        .orElse("development"))
                .setDevice(config.device().name()).setThreads(gate.cores()).build();
        producer.send(Topics.PROCESS_STATUS, process, started);
        producer.awaitAll();
        LOGGER.atInfo().addKeyValue("worker", config.workerId()).addKeyValue("version", started.getVersion())
                .addKeyValue("device", started.getDevice()).addKeyValue("threads", started.getThreads())
                .addKeyValue("topics", List.of((shared ? Topics.SERVER_QUEUE : Topics.SERVER_TASK).name()))
                .addKeyValue("groups", List.of(shared ? TaskQueue.SHARE_GROUP : TaskQueue.CONSUMER_GROUP))
                .log("server worker is up");
        tasks.start();
    }

    /** The task in hand, which may be finished before the close. */
    public InHand inHand() {
        return work;
    }

    private TaskSource tasks(boolean shared) {
        String clientId = process + "-tasks";
        return shared
                ? new ShareGroupConsumer(process, settings.shareConsumer(clientId, TaskQueue.SHARE_GROUP),
                        Topics.SERVER_QUEUE.name(), work, deadLetters, listener)
                : new LeasedConsumer(process, settings.consumer(clientId, Optional.of(TaskQueue.CONSUMER_GROUP)),
                        Topics.SERVER_TASK.name(), work, deadLetters, listener, meters.registry());
    }

    /** Whether it is a member of its group and may be given a task. */
    public boolean isJoined() {
        return tasks != null && tasks.isJoined();
    }

    /** Stops between two steps and lets go of the model; a task in hand is left for the next worker. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try (producer; results; catalog; versions; moments; origins; serverMoments; models) {
            if (tasks != null) {
                tasks.close();
            }
        }
    }

    private final class Tasks implements LeasedWork {

        @Override
        public boolean isWorthDoing(ConsumerRecord<String, SpecificRecord> record,
                List<ConsumerRecord<String, SpecificRecord>> later) {
            return record.value() instanceof ServerTaskAssigned && !EventHeaders.isRestored(record.headers());
        }

        @Override
        public void handle(ConsumerRecord<String, SpecificRecord> record) throws InterruptedException {
            ServerTaskAssigned task = (ServerTaskAssigned) record.value();
            if (results.settles(task)) {
                LOGGER.atDebug().addKeyValue("worker", config.workerId()).addKeyValue("run", task.getRunId())
                        .addKeyValue("task", task.getTaskId()).log("task is settled, skipped");
                return;
            }
            int deliveries = record.deliveryCount().orElse((short) 1);
            try (WorkMeters.Work work = meters.begin(WorkMeters.kind(task.getKind()))) {
                SpecificRecord outcome = deliveries > TRIES ? failed(task, "it was handed out " + (deliveries - 1)
                        + " times, and each worker ended or was cut off before it was done; their logs say why")
                        : outcome(task);
                producer.send(Topics.TASK_RESULT, EventKeys.task(task.getRunId(), task.getTaskId()), outcome);
                producer.awaitAll();
                if (outcome instanceof ServerTaskFailed) {
                    work.failed();
                } else {
                    work.completed();
                }
            }
        }

        /** What fails in the task itself is its result; a broker that fails stops the worker. */
        private SpecificRecord outcome(ServerTaskAssigned task) throws InterruptedException {
            try {
                return complete(task);
            } catch (ClosedDuringWorkException interrupted) {
                throw new InterruptedException(interrupted.getMessage());
            } catch (KafkaException broker) {
                throw broker;
            } catch (RuntimeException failure) {
                if (closed) {
                    // An interrupted file channel fails like a bad disk; the task is not lost, it is left.
                    throw new InterruptedException(failure.getMessage());
                }
                LOGGER.atWarn().addKeyValue("worker", config.workerId()).addKeyValue("run", task.getRunId())
                        .addKeyValue("task", task.getTaskId()).addKeyValue("reason", OneLine.of(failure))
                        .log("task cannot be done");
                LOGGER.atDebug().setCause(failure).addKeyValue("task", task.getTaskId()).log("because of");
                return failed(task, OneLine.of(failure));
            }
        }

        private ServerTaskFailed failed(ServerTaskAssigned task, String reason) {
            return ServerTaskFailed.newBuilder().setRunId(task.getRunId()).setTaskId(task.getTaskId())
                    .setKind(task.getKind()).setWorker(config.workerId()).setReason(reason).build();
        }

        private ServerTaskCompleted complete(ServerTaskAssigned task) throws InterruptedException {
            ServerTask kind = kinds.get(task.getKind());
            if (kind == null) {
                throw new IllegalArgumentException("task kind " + task.getKind()
                        + " is not known to this release: use a newer worker");
            }
            long start = System.nanoTime();
            ServerTaskCompleted.Builder result = ServerTaskCompleted.newBuilder().setRunId(task.getRunId())
                    .setTaskId(task.getTaskId()).setKind(task.getKind()).setWorker(config.workerId())
                    .setDevice(config.device().name());
            kind.run(task, result, new TaskReport(producer, config.workerId(), task, meters));
            producer.awaitAll();
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            LOGGER.atInfo().addKeyValue("worker", config.workerId()).addKeyValue("run", task.getRunId())
                    .addKeyValue("task", task.getTaskId()).addKeyValue("millis", millis).log("task done");
            return result.setDurationMillis(millis).build();
        }
    }
}
