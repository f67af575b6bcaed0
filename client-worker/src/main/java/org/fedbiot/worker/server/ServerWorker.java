package org.fedbiot.worker.server;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.KafkaSettings;
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
import org.fedbiot.worker.WorkMeters;
import org.fedbiot.worker.version.FactorVersions;
import org.fedbiot.worker.version.VersionCatalog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does server tasks, one at a time, as a member of the group of server workers. Payloads are written before their
 * manifest and the result last, each acknowledged before the next: a worker that dies in between leaves a task that
 * another does again, and what was published twice is told apart by its hash.
 */
public final class ServerWorker implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(ServerWorker.class);
    private static final String GROUP = "fedbiot-server-worker";

    private final KafkaSettings settings;
    private final ServerConfig config;
    private final String process;
    private final ComputeGate gate;
    private final EventProducer producer;
    private final WorkMeters meters;
    private final TaskResults results;
    private final VersionCatalog catalog;
    private final FactorVersions versions;
    private final FullModels models = new FullModels();
    private final Map<TaskKind, ServerTask> kinds = new EnumMap<>(TaskKind.class);
    private final KeptMoments moments;
    private final OriginBase origins;
    private final InHand work = new InHand(new Tasks());
    private final LeasedConsumer tasks;
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
        this.meters = Objects.requireNonNull(meters, "meters");
        this.producer = new EventProducer(settings, process, meters.registry());
        DeadLetters deadLetters = new DeadLetters(process, producer, meters);
        this.results = new TaskResults(settings, process + "-results", deadLetters);
        this.catalog = new VersionCatalog(settings, process + "-manifests", deadLetters);
        this.versions = new FactorVersions(settings, process, catalog);
        this.moments = new KeptMoments(settings, process, producer);
        EmulatorPublisher publisher = new EmulatorPublisher(producer);
        ServerTexts texts = new ServerTexts();
        EmulatorTraining training = new EmulatorTraining(texts, moments, gate);
        origins = new OriginBase(settings, process, catalog, publisher);
        ServerTask cut = new Compression(producer, models, publisher, training);
        ServerTask fork = new Forking(producer, models, origins, versions, publisher, training, moments);
        kinds.put(TaskKind.COMPRESS, (task, result, report) ->
                (task.getSpec().getFork() == null ? cut : fork).run(task, result, report));
        kinds.put(TaskKind.ALIGN, new Realignment(models, catalog, versions, publisher, training));
        kinds.put(TaskKind.EVALUATE, new Scoring(models, versions, texts, gate));
        kinds.put(TaskKind.EXPORT, new Exporting(config.exportDirectory(), models, versions));
        this.tasks = new LeasedConsumer(process, settings.consumer(process + "-tasks", Optional.of(GROUP)),
                Topics.SERVER_TASK.name(), work, deadLetters, listener, meters.registry());
    }

    /**
     * Says that the worker is there, joins the group and takes tasks.
     *
     * @throws IllegalStateException if a topic is not as the catalogue says, so that a run's records could be lost
     */
    public void start() {
        TopicCheck.verify(settings, Role.SERVER_WORKER);
        ProcessStarted started = ProcessStarted.newBuilder().setProcess(process).setRole("server-worker")
                .setVersion(Optional.ofNullable(getClass().getPackage().getImplementationVersion())
                        .orElse("development"))
                .setDevice("cpu").setThreads(gate.cores()).build();
        producer.send(Topics.PROCESS_STATUS, process, started);
        producer.awaitAll();
        LOGGER.atInfo().addKeyValue("worker", config.workerId()).addKeyValue("version", started.getVersion())
                .addKeyValue("device", started.getDevice()).addKeyValue("threads", started.getThreads())
                .addKeyValue("topics", List.of(Topics.SERVER_TASK.name())).addKeyValue("groups", List.of(GROUP))
                .log("server worker is up");
        tasks.start();
    }

    /** The task in hand, which may be finished before the close. */
    public InHand inHand() {
        return work;
    }

    /** Whether it is a member of its group and may be given a task. */
    public boolean isJoined() {
        return tasks.isJoined();
    }

    /** Stops between two steps and lets go of the model; a task in hand is left for the next worker. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try (producer; results; catalog; versions; moments; origins; models) {
            tasks.close();
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
            try (WorkMeters.Work work = meters.begin(WorkMeters.kind(task.getKind()))) {
                SpecificRecord outcome = outcome(task);
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
                return ServerTaskFailed.newBuilder().setRunId(task.getRunId()).setTaskId(task.getTaskId())
                        .setKind(task.getKind()).setWorker(config.workerId()).setReason(OneLine.of(failure)).build();
            }
        }

        private ServerTaskCompleted complete(ServerTaskAssigned task) throws InterruptedException {
            ServerTask kind = kinds.get(task.getKind());
            if (kind == null) {
                throw new IllegalArgumentException("task kind " + task.getKind()
                        + " is not known to this release: use a newer worker");
            }
            long start = System.nanoTime();
            ServerTaskCompleted.Builder result = ServerTaskCompleted.newBuilder().setRunId(task.getRunId())
                    .setTaskId(task.getTaskId()).setKind(task.getKind()).setWorker(config.workerId());
            kind.run(task, result, new TaskReport(producer, config.workerId(), task, meters));
            producer.awaitAll();
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            LOGGER.atInfo().addKeyValue("worker", config.workerId()).addKeyValue("run", task.getRunId())
                    .addKeyValue("task", task.getTaskId()).addKeyValue("millis", millis).log("task done");
            return result.setDurationMillis(millis).build();
        }
    }
}
