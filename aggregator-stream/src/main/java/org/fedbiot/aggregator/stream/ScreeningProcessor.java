package org.fedbiot.aggregator.stream;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.fedbiot.aggregator.ClosedRound;
import org.fedbiot.aggregator.fact.RunOver;
import org.fedbiot.aggregator.fact.VersionObjection;
import org.fedbiot.schemas.event.AdapterShard;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunAccepted;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.ServerMoment;
import org.fedbiot.schemas.event.UpdateManifest;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.integrity.ShardPlan;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventHeaders;
import org.fedbiot.schemas.wire.EventKeys;

/**
 * One partition's share of everything that is cut by shard: plans and closes (which stand in every partition), adapter
 * shards, update shards, and the manifests that happen to lie there. Its sources are separate topics, so their records
 * come in any order between them: whatever depends on another waits in the store.
 */
final class ScreeningProcessor implements Processor<String, byte[], String, SpecificRecord> {

    static final String INDEX = "screening-index";
    static final String PAYLOADS = "screening-payloads";

    private final int partitions;
    private final IntFunction<PartitionLog> logs;
    private final FoldThreads foldThreads;
    private final AggregatorMeters meters;
    private ProcessorContext<String, SpecificRecord> context;
    private EventDecoder decoder;
    private Outbox outbox;
    private RunStore index;
    private RunStore payloads;
    private ControlEvents control;
    private Closes closes;
    private KnownRuns runs;
    private WaitingRoom waiting;
    private Folding folding;
    private AdapterIntake adapters;
    private Screening screening;
    private UpdateShelf shelf;
    private UncheckedShards unchecked;
    private PartitionLog log;

    /**
     * @param partitions of every topic cut by shard
     * @param logs a connection to a partition of the submitted shards
     */
    ScreeningProcessor(int partitions, IntFunction<PartitionLog> logs, FoldThreads foldThreads,
            AggregatorMeters meters) {
        this.partitions = partitions;
        this.logs = logs;
        this.foldThreads = foldThreads;
        this.meters = meters;
    }

    @Override
    public void init(ProcessorContext<String, SpecificRecord> context) {
        this.context = context;
        int partition = context.taskId().partition();
        decoder = new EventDecoder(context.valueSerde().deserializer());
        outbox = new Outbox(context, meters);
        index = new RunStore(context.getStateStore(INDEX));
        payloads = new RunStore(context.getStateStore(PAYLOADS));
        control = new ControlEvents(index, decoder);
        closes = new Closes(index, control);
        runs = new KnownRuns(index, control);
        waiting = new WaitingRoom(index, payloads, runs);
        log = logs.apply(partition);
        shelf = new UpdateShelf(index);
        unchecked = new UncheckedShards(shelf, log, decoder, outbox);
        folding = new Folding(index, payloads, shelf, log, decoder, outbox, partition, partitions, context,
                foldThreads);
        folding.restore(closes);
        adapters = new AdapterIntake(index, folding, outbox, partitions);
        screening = new Screening(shelf, unchecked, folding, outbox, partition, partitions);
    }

    @Override
    public void process(Record<String, byte[]> record) {
        if (EventHeaders.isRestored(record.headers())) {
            return;
        }
        RecordMetadata at = context.recordMetadata().orElseThrow();
        outbox.begin(record.timestamp());
        handle(new Arrival(at.topic(), at.partition(), at.offset(), record.key(), record.value()));
        if (at.topic().equals(Topics.AGGREGATION_CONTROL.name())) {
            // Of a round that is open, they may be of a client that a later attempt calls: they wait for its close.
            waiting.overdue(at.offset() + 1).stream()
                    .filter(awaited -> newestPlan(awaited.runId(), awaited.round()).isEmpty())
                    .forEach(awaited -> giveUp(awaited, "WRONG_ROUND: no such round was opened"));
        }
        folding.advance();
    }

    @Override
    public void close() {
        folding.close();
        log.close();
    }

    private void handle(Arrival arrival) {
        try {
            SpecificRecord event = decoder.decode(arrival);
            if (event instanceof RunAccepted accepted) {
                onAccepted(arrival, accepted.getRunId());
            } else if (event instanceof RoundOpened opened) {
                onOpened(arrival, opened);
            } else if (event instanceof RoundClosed closed) {
                onClosed(arrival, closed);
            } else if (event instanceof RunEnded ended) {
                onRunEnded(ended.getRunId());
            } else if (event instanceof AdapterShard shard) {
                adapters.accept(arrival, shard)
                        .ifPresent(round -> foldIfClosed(shard.getRunId(), round, shard.getShard()));
            } else if (event instanceof ServerMoment moment) {
                onMoment(arrival, moment);
            } else if (event instanceof UpdateShard shard) {
                onSubmitted(arrival, shard, shard.getRunId(), shard.getRound(), shard.getClientId());
            } else if (event instanceof UpdateManifest manifest) {
                onSubmitted(arrival, manifest, manifest.getRunId(), manifest.getRound(), manifest.getClientId());
            } else {
                throw new UnusableRecordException("the aggregator has no use for " + event.getSchema().getName());
            }
        } catch (UnusableRecordException e) {
            outbox.deadLetter(arrival.origin(), e.getMessage());
            if (e instanceof UnfitVersionException unfit) {
                VersionObjection objection = unfit.objection();
                outbox.fact(EventKeys.version(objection.getRunId(), objection.getVersion()), objection);
            }
        }
    }

    private void onMoment(Arrival arrival, ServerMoment moment) {
        if (moment.getVersion() != 0 || index.ended(moment.getRunId())) {
            return;
        }
        Optional<UnusableRecordException> flaw = adapters.accept(arrival, moment);
        folding.roundOnto(moment.getRunId(), 0)
                .ifPresent(round -> foldIfClosed(moment.getRunId(), round, moment.getShard()));
        if (flaw.isPresent()) {
            throw flaw.get();
        }
    }

    private void foldIfClosed(String runId, int round, int shard) {
        closes.get(runId, round).ifPresent(closed -> folding.foldIfComplete(closed, shard));
    }

    private void onAccepted(Arrival arrival, String runId) {
        if (runs.add(runId, arrival.value())) {
            // Who is none of its clients need not wait any longer.
            waiting.roundsOf(runId).forEach(awaited -> releaseWaiting(runId, awaited.round()));
        }
    }

    private void onOpened(Arrival arrival, RoundOpened opened) {
        String runId = opened.getRunId();
        int round = opened.getRound();
        Optional<RoundOpened> known = newestPlan(runId, round);
        if (index.ended(runId) || known.filter(plan -> plan.getAttempt() >= opened.getAttempt()).isPresent()) {
            return;
        }
        checkCut(opened);
        // Who was called before may still hand in, though a later attempt does not call it.
        known.ifPresent(plan -> control.put(planKey(runId, round, plan.getAttempt()),
                index.get(planKey(runId, round)).orElseThrow()));
        control.put(planKey(runId, round), arrival.value());
        releaseWaiting(runId, round);
    }

    private void releaseWaiting(String runId, int round) {
        List<String> waits = waiting.of(runId, round);
        waiting.close(runId, round);
        waits.forEach(wait -> handle(waiting.release(wait)));
    }

    private static void checkCut(RoundOpened opened) {
        try {
            int shards = new ShardPlan(opened.getAdapterElements(), opened.getAggregation().getShardBytes()).shards();
            if (shards != opened.getAdapterShards()) {
                throw new UnusableRecordException("WRONG_SHAPE: the plan says " + opened.getAdapterShards()
                        + " shards, its elements and shard size give " + shards);
            }
        } catch (IllegalArgumentException e) {
            throw new UnusableRecordException("WRONG_SHAPE: " + e.getMessage(), e);
        }
    }

    private void onClosed(Arrival arrival, RoundClosed event) {
        if (index.ended(event.getRunId()) || closes.has(event.getRunId(), event.getRound())) {
            return;
        }
        ClosedRound closed = closes.put(event, arrival.value());
        checkUnchecked(shelf.ofRound(event.getRunId(), event.getRound()).stream()
                .filter(held -> !closed.countsShard(held.clientId(), held.shard(), held.sha256())));
        folding.onClosed(closed);
        // No later attempt will call whoever waited for one.
        releaseWaiting(event.getRunId(), event.getRound());
    }

    /** No manifest will speak for these any more. */
    private void checkUnchecked(Stream<UpdateShelf.Held> left) {
        left.forEach(held -> plan(held.runId(), held.round(), held.clientId())
                .ifPresent(plan -> unchecked.check(held, plan)));
    }

    private void onRunEnded(String runId) {
        if (index.ended(runId)) {
            return;
        }
        waiting.roundsOf(runId).forEach(round -> giveUp(round, "LATE: run " + runId + " has ended"));
        checkUnchecked(shelf.ofRun(runId).stream());
        folding.endRun(runId);
        control.endRun(runId);
        payloads.endRun(runId);
        // Every partition hears of it, one is enough to pass it on.
        if (context.taskId().partition() == 0) {
            outbox.fact(EventKeys.run(runId), RunOver.newBuilder().setRunId(runId).build());
        }
    }

    private void onSubmitted(Arrival arrival, SpecificRecord event, String runId, int round, String clientId) {
        if (index.ended(runId)) {
            throw new UnusableRecordException("LATE: run " + runId + " has ended");
        }
        if (round < 1) {
            throw new UnusableRecordException("WRONG_ROUND: rounds start at 1, not " + round);
        }
        Optional<RoundOpened> plan = plan(runId, round, clientId);
        Optional<ClosedRound> closed = closes.get(runId, round);
        // The same round may be opened again with this client, and its record be here before that is.
        if (plan.isEmpty() || closed.isEmpty() && !calls(plan.get(), clientId)) {
            runs.requirePossible(runId, round, clientId);
            waiting.add(runId, round, clientId, arrival, log.controlEnd())
                    .forEach(evicted -> outbox.deadLetter(evicted.arrival().origin(), evicted.why()));
        } else if (event instanceof UpdateShard shard) {
            screening.shard(arrival, shard, plan.get(), closed);
        } else {
            screening.manifest(arrival, (UpdateManifest) event, plan.get(), closed);
        }
    }

    /** The newest attempt's plan that calls the client; the newest of all if none does. */
    private Optional<RoundOpened> plan(String runId, int round, String clientId) {
        Optional<RoundOpened> newest = newestPlan(runId, round);
        if (newest.filter(plan -> plan.getAttempt() > 1 && !calls(plan, clientId)).isEmpty()) {
            return newest;
        }
        return index.keys(planKey(runId, round, "")).stream()
                .flatMap(key -> control.get(key).map(RoundOpened.class::cast).stream())
                .filter(plan -> calls(plan, clientId))
                .max(Comparator.comparingInt(RoundOpened::getAttempt))
                .or(() -> newest);
    }

    private void giveUp(WaitingRoom.Awaited awaited, String reason) {
        waiting.of(awaited.runId(), awaited.round())
                .forEach(waits -> outbox.deadLetter(waiting.release(waits).origin(), reason));
        waiting.close(awaited.runId(), awaited.round());
    }

    private Optional<RoundOpened> newestPlan(String runId, int round) {
        return control.get(planKey(runId, round)).map(RoundOpened.class::cast);
    }

    private static boolean calls(RoundOpened plan, String clientId) {
        return plan.getCalled().stream().anyMatch(called -> called.getClientId().equals(clientId));
    }

    private static String planKey(String runId, int round) {
        return RunStore.key(runId, "plan", round);
    }

    /** Of an attempt that a later one has replaced. */
    private static String planKey(String runId, int round, Object attempt) {
        return RunStore.key(runId, "plan", round, attempt);
    }
}
