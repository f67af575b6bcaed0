package org.fedbiot.schemas.topic;

import static org.fedbiot.schemas.topic.Role.AGGREGATOR;
import static org.fedbiot.schemas.topic.Role.CLIENT;
import static org.fedbiot.schemas.topic.Role.COORDINATOR;
import static org.fedbiot.schemas.topic.Role.OPERATOR;
import static org.fedbiot.schemas.topic.Role.REGISTRY;
import static org.fedbiot.schemas.topic.Role.SERVER_WORKER;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AdapterRefused;
import org.fedbiot.schemas.event.AdapterShard;
import org.fedbiot.schemas.event.BasePublished;
import org.fedbiot.schemas.event.ClientEvaluated;
import org.fedbiot.schemas.event.ClientFailed;
import org.fedbiot.schemas.event.ClientJoined;
import org.fedbiot.schemas.event.ClientKeyRegistered;
import org.fedbiot.schemas.event.ClientLeaving;
import org.fedbiot.schemas.event.ClientProgressed;
import org.fedbiot.schemas.event.ClientReported;
import org.fedbiot.schemas.event.DeadLetter;
import org.fedbiot.schemas.event.DeadlineExtended;
import org.fedbiot.schemas.event.DeadlineReached;
import org.fedbiot.schemas.event.EmulatorPublished;
import org.fedbiot.schemas.event.EvaluationOpened;
import org.fedbiot.schemas.event.ProcessStarted;
import org.fedbiot.schemas.event.ProgressSeen;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunAccepted;
import org.fedbiot.schemas.event.RunCancelRequested;
import org.fedbiot.schemas.event.RunDeleteRequested;
import org.fedbiot.schemas.event.RunDeleted;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunRefused;
import org.fedbiot.schemas.event.RunSubmitted;
import org.fedbiot.schemas.event.ServerMoment;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.ServerTaskFailed;
import org.fedbiot.schemas.event.ServerTaskProgressed;
import org.fedbiot.schemas.event.TensorChunk;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateManifest;
import org.fedbiot.schemas.event.UpdateRejected;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.event.VersionReplayed;

/**
 * The topic catalogue. Topics are fixed and created once, never one for a run or a round: a producer that races a
 * topic's creation can lose its first record for good.
 */
public final class Topics {

    /** Bytes of one tensor chunk or shard; small enough that a lost one is cheap to send again. */
    public static final int MAX_CHUNK_BYTES = 512 * 1024;

    /**
     * Partitions of every topic that the aggregator reads by shard: control, shards and adapter shards lie side by
     * side, so that one task sees all of a shard number. Shard s goes to partition s mod this.
     */
    public static final int SHARD_PARTITIONS = 4;

    private static final int CONTROL_BYTES = 1024 * 1024;
    private static final int MANIFEST_BYTES = 8 * 1024 * 1024;
    private static final int PAYLOAD_BYTES = MAX_CHUNK_BYTES + 64 * 1024;

    public static final Topic COMMAND = new Topic("fedbiot.run.command.v1", Zone.COMMAND, "runId or clientId", 1,
            Cleanup.KEEP, CONTROL_BYTES,
            schemas(RunSubmitted.SCHEMA$, RunCancelRequested.SCHEMA$, ClientKeyRegistered.SCHEMA$,
                    RunDeleteRequested.SCHEMA$),
            Set.of(OPERATOR), Set.of(COORDINATOR, OPERATOR));

    /**
     * The run's decisions, and the inputs that they were taken on: the log that the coordinator's state is a fold of.
     * One partition, since its order is the truth.
     */
    public static final Topic DECISION = new Topic("fedbiot.run.decision.v1", Zone.DECISION, "runId", 1,
            Cleanup.KEEP, MANIFEST_BYTES,
            schemas(RunAccepted.SCHEMA$, RunRefused.SCHEMA$, RunCancelRequested.SCHEMA$, ClientKeyRegistered.SCHEMA$,
                    ClientJoined.SCHEMA$, ClientLeaving.SCHEMA$, ClientFailed.SCHEMA$, ServerTaskAssigned.SCHEMA$,
                    ServerTaskCompleted.SCHEMA$, ServerTaskFailed.SCHEMA$, RoundOpened.SCHEMA$, UpdateAccepted.SCHEMA$,
                    UpdateRejected.SCHEMA$, ProgressSeen.SCHEMA$, DeadlineExtended.SCHEMA$, DeadlineReached.SCHEMA$,
                    RoundClosed.SCHEMA$, AdapterPublished.SCHEMA$, AdapterRefused.SCHEMA$, EvaluationOpened.SCHEMA$,
                    ClientEvaluated.SCHEMA$, RunEnded.SCHEMA$, RunDeleted.SCHEMA$),
            Set.of(COORDINATOR), Set.of(COORDINATOR, SERVER_WORKER, AGGREGATOR, OPERATOR));

    /**
     * Server tasks for a consumer group, whose workers divide the partitions among themselves. Each also stands in the
     * decision log.
     */
    public static final Topic SERVER_TASK = new Topic("fedbiot.server.task.v1", Zone.DECISION, "runId/taskId", 4,
            Cleanup.KEEP, CONTROL_BYTES, schemas(ServerTaskAssigned.SCHEMA$),
            Set.of(COORDINATOR), Set.of(SERVER_WORKER, OPERATOR));

    /**
     * The same tasks for a share group. One partition: with several, a share group of as many workers or fewer gives
     * each partition to one of them, and a task would wait behind a busy worker while another has nothing to do.
     */
    public static final Topic SERVER_QUEUE = new Topic("fedbiot.server.queue.v1", Zone.DECISION, "runId/taskId", 1,
            Cleanup.KEEP, CONTROL_BYTES, schemas(ServerTaskAssigned.SCHEMA$),
            Set.of(COORDINATOR), Set.of(SERVER_WORKER, OPERATOR));

    /** What the aggregator must know of runs and rounds, once in every partition. */
    public static final Topic AGGREGATION_CONTROL = new Topic("fedbiot.aggregation.control.v1", Zone.DECISION,
            "runId or runId/round", SHARD_PARTITIONS, Cleanup.KEEP, CONTROL_BYTES,
            schemas(RunAccepted.SCHEMA$, RoundOpened.SCHEMA$, RoundClosed.SCHEMA$, RunEnded.SCHEMA$),
            Set.of(COORDINATOR), Set.of(AGGREGATOR, OPERATOR));

    /** Payloads that never leave the server's side, such as kept optimiser moments. */
    public static final Topic SERVER_CHUNK = new Topic("fedbiot.server.chunk.v1", Zone.RESULT, "runId/sha256", 2,
            Cleanup.KEEP, PAYLOAD_BYTES, schemas(TensorChunk.SCHEMA$),
            Set.of(SERVER_WORKER), Set.of(SERVER_WORKER, OPERATOR));

    /**
     * A server optimiser's moments by adapter version, beside the shard that they belong to: from the aggregator's
     * folds, and for a fork's version 0 from the server worker that copies them.
     */
    public static final Topic SERVER_MOMENT = new Topic("fedbiot.server.moment.v1", Zone.RESULT,
            "runId/version/shard/moment", SHARD_PARTITIONS, Cleanup.KEEP, PAYLOAD_BYTES,
            schemas(ServerMoment.SCHEMA$),
            Set.of(SERVER_WORKER, AGGREGATOR), Set.of(AGGREGATOR, SERVER_WORKER, OPERATOR));

    public static final Topic ROUND_ANNOUNCE = new Topic("fedbiot.round.announce.v1", Zone.ANNOUNCE, "runId/round", 1,
            Cleanup.KEEP, CONTROL_BYTES,
            schemas(RoundOpened.SCHEMA$, EvaluationOpened.SCHEMA$, RunEnded.SCHEMA$),
            Set.of(COORDINATOR), Set.of(CLIENT, SERVER_WORKER, OPERATOR));

    public static final Topic EMULATOR_MANIFEST = new Topic("fedbiot.emulator.manifest.v1", Zone.ANNOUNCE,
            "runId or runId/version", 1, Cleanup.KEEP, MANIFEST_BYTES,
            schemas(BasePublished.SCHEMA$, EmulatorPublished.SCHEMA$),
            Set.of(SERVER_WORKER), Set.of(CLIENT, SERVER_WORKER, OPERATOR));

    public static final Topic EMULATOR_CHUNK = new Topic("fedbiot.emulator.chunk.v1", Zone.ANNOUNCE, "runId/sha256", 4,
            Cleanup.KEEP, PAYLOAD_BYTES, schemas(TensorChunk.SCHEMA$),
            Set.of(SERVER_WORKER), Set.of(CLIENT, SERVER_WORKER, OPERATOR));

    public static final Topic ADAPTER_MANIFEST = new Topic("fedbiot.adapter.manifest.v1", Zone.ANNOUNCE,
            "runId/version", 1, Cleanup.KEEP, MANIFEST_BYTES, schemas(AdapterPublished.SCHEMA$),
            Set.of(AGGREGATOR), Set.of(COORDINATOR, CLIENT, SERVER_WORKER, OPERATOR));

    /** Version 0 comes from the server worker that cut the model, every later one from the aggregator. */
    public static final Topic ADAPTER_SHARD = new Topic("fedbiot.adapter.shard.v1", Zone.ANNOUNCE,
            "runId/version/shard", SHARD_PARTITIONS, Cleanup.KEEP, PAYLOAD_BYTES, schemas(AdapterShard.SCHEMA$),
            Set.of(SERVER_WORKER, AGGREGATOR), Set.of(AGGREGATOR, CLIENT, SERVER_WORKER, OPERATOR));

    public static final Topic UPDATE_MANIFEST = new Topic("fedbiot.update.manifest.v1", Zone.SUBMIT,
            "runId/round/clientId", SHARD_PARTITIONS, Cleanup.KEEP, CONTROL_BYTES, schemas(UpdateManifest.SCHEMA$),
            Set.of(CLIENT), Set.of(AGGREGATOR, OPERATOR));

    public static final Topic UPDATE_SHARD = new Topic("fedbiot.update.shard.v1", Zone.SUBMIT,
            "runId/round/clientId/shard", SHARD_PARTITIONS, Cleanup.KEEP, PAYLOAD_BYTES, schemas(UpdateShard.SCHEMA$),
            Set.of(CLIENT), Set.of(AGGREGATOR, OPERATOR));

    public static final Topic UPDATE_VERDICT = new Topic("fedbiot.update.verdict.v1", Zone.VERDICT,
            "runId/round/clientId or runId/version", 1, Cleanup.KEEP, CONTROL_BYTES,
            schemas(UpdateAccepted.SCHEMA$, UpdateRejected.SCHEMA$, AdapterRefused.SCHEMA$),
            Set.of(AGGREGATOR), Set.of(COORDINATOR, OPERATOR));

    public static final Topic TASK_RESULT = new Topic("fedbiot.task.result.v1", Zone.RESULT, "runId/taskId", 1,
            Cleanup.KEEP, MANIFEST_BYTES, schemas(ServerTaskCompleted.SCHEMA$, ServerTaskFailed.SCHEMA$),
            Set.of(SERVER_WORKER), Set.of(COORDINATOR, SERVER_WORKER, OPERATOR));

    /** Versions that an operator worked out anew from a run's log by another rule or with another set of clients. */
    public static final Topic REPLAY_VERSION = new Topic("fedbiot.replay.version.v1", Zone.RESULT, "runId/version", 1,
            Cleanup.KEEP, MANIFEST_BYTES, schemas(VersionReplayed.SCHEMA$), Set.of(OPERATOR), Set.of(OPERATOR));

    public static final Topic REPLAY_SHARD = new Topic("fedbiot.replay.shard.v1", Zone.RESULT, "runId/version/shard",
            SHARD_PARTITIONS, Cleanup.KEEP, PAYLOAD_BYTES, schemas(AdapterShard.SCHEMA$), Set.of(OPERATOR),
            Set.of(OPERATOR));

    public static final Topic CLIENT_PRESENCE = new Topic("fedbiot.client.presence.v1", Zone.PRESENCE, "clientId", 1,
            Cleanup.KEEP, CONTROL_BYTES,
            schemas(ClientJoined.SCHEMA$, ClientProgressed.SCHEMA$, ClientReported.SCHEMA$, ClientFailed.SCHEMA$,
                    ClientEvaluated.SCHEMA$, ClientLeaving.SCHEMA$),
            Set.of(CLIENT), Set.of(COORDINATOR, OPERATOR));

    public static final Topic PROCESS_STATUS = new Topic("fedbiot.process.status.v1", Zone.STATUS, "process or runId",
            1, Cleanup.KEEP, CONTROL_BYTES, schemas(ProcessStarted.SCHEMA$, ServerTaskProgressed.SCHEMA$),
            Set.of(COORDINATOR, AGGREGATOR, SERVER_WORKER), Set.of(OPERATOR));

    public static final Topic AGGREGATOR_DEAD_LETTER = new Topic("fedbiot.aggregator.deadletter.v1", Zone.DEAD_LETTER,
            "topic/partition/offset", 1, Cleanup.KEEP, CONTROL_BYTES, schemas(DeadLetter.SCHEMA$),
            Set.of(AGGREGATOR), Set.of(OPERATOR));

    public static final Topic SERVER_DEAD_LETTER = new Topic("fedbiot.server.deadletter.v1", Zone.DEAD_LETTER,
            "topic/partition/offset", 1, Cleanup.KEEP, CONTROL_BYTES, schemas(DeadLetter.SCHEMA$),
            Set.of(COORDINATOR, SERVER_WORKER), Set.of(OPERATOR));

    /** The embedded registry's store. */
    public static final Topic REGISTRY_SCHEMA = new Topic("fedbiot.registry.schema.v1", Zone.REGISTRY, "kind and id", 1,
            Cleanup.COMPACT, CONTROL_BYTES, List.of(), Set.of(REGISTRY), Set.of(REGISTRY, OPERATOR));

    public static final List<Topic> ALL = List.of(COMMAND, DECISION, SERVER_TASK, SERVER_QUEUE, AGGREGATION_CONTROL,
            SERVER_CHUNK, SERVER_MOMENT, ROUND_ANNOUNCE, EMULATOR_MANIFEST, EMULATOR_CHUNK, ADAPTER_MANIFEST,
            ADAPTER_SHARD, UPDATE_MANIFEST, UPDATE_SHARD, UPDATE_VERDICT, TASK_RESULT, REPLAY_VERSION, REPLAY_SHARD,
            CLIENT_PRESENCE, PROCESS_STATUS, AGGREGATOR_DEAD_LETTER, SERVER_DEAD_LETTER, REGISTRY_SCHEMA);

    private static final Map<String, Topic> BY_NAME =
            ALL.stream().collect(Collectors.toUnmodifiableMap(Topic::name, Function.identity()));

    private Topics() {
    }

    /** The topic of this name, if the catalogue has it. */
    public static Optional<Topic> find(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** What a process in this role writes or reads: all that it can see of a secured cluster. */
    public static List<Topic> usedBy(Role role) {
        return ALL.stream().filter(topic -> topic.isUsedBy(role)).toList();
    }

    /**
     * Whose settings a process in this role looks at before it relies on them to forget nothing: all of them for the
     * coordinator, which accepts runs, their own for the others on the server's side.
     */
    public static List<Topic> checkedBy(Role role) {
        return switch (role) {
            case COORDINATOR, OPERATOR -> ALL;
            case AGGREGATOR, SERVER_WORKER -> usedBy(role);
            case CLIENT, REGISTRY -> List.of();
        };
    }

    private static List<Schema> schemas(Schema... schemas) {
        return List.of(schemas);
    }
}
