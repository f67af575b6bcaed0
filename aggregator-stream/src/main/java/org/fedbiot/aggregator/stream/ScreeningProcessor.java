package org.fedbiot.aggregator.stream;

import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.fedbiot.aggregator.ClosedRound;
import org.fedbiot.aggregator.fact.RunOver;
import org.fedbiot.schemas.event.AdapterShard;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.UpdateManifest;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.integrity.ShardPlan;
import org.fedbiot.schemas.topic.Topics;
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
    private ProcessorContext<String, SpecificRecord> context;
    private EventDecoder decoder;
    private Outbox outbox;
    private RunStore index;
    private RunStore payloads;
    private WaitingRoom waiting;
    private Folding folding;
    private AdapterIntake adapters;
    private Screening screening;

    /** @param partitions of every topic cut by shard */
    ScreeningProcessor(int partitions) {
        this.partitions = partitions;
    }

    @Override
    public void init(ProcessorContext<String, SpecificRecord> context) {
        this.context = context;
        int partition = context.taskId().partition();
        decoder = new EventDecoder(context.valueSerde().deserializer());
        outbox = new Outbox(context);
        index = new RunStore(context.getStateStore(INDEX));
        payloads = new RunStore(context.getStateStore(PAYLOADS));
        waiting = new WaitingRoom(index, payloads);
        UpdateShelf shelf = new UpdateShelf(index, payloads);
        folding = new Folding(index, payloads, shelf, outbox, partition, partitions);
        adapters = new AdapterIntake(index, folding, outbox, partitions);
        screening = new Screening(shelf, folding, outbox, partition, partitions);
    }

    @Override
    public void process(Record<String, byte[]> record) {
        RecordMetadata at = context.recordMetadata().orElseThrow();
        outbox.begin(record.timestamp());
        handle(new Arrival(at.topic(), at.partition(), at.offset(), record.key(), record.value()));
    }

    private void handle(Arrival arrival) {
        try {
            SpecificRecord event = decoder.decode(arrival);
            if (event instanceof RoundOpened opened) {
                onOpened(arrival, opened);
            } else if (event instanceof RoundClosed closed) {
                onClosed(arrival, closed);
            } else if (event instanceof RunEnded ended) {
                onRunEnded(ended.getRunId());
            } else if (event instanceof AdapterShard shard) {
                adapters.accept(arrival, shard).ifPresent(round -> closed(shard.getRunId(), round)
                        .ifPresent(closed -> folding.foldIfComplete(closed, shard.getShard())));
            } else if (event instanceof UpdateShard shard) {
                onSubmitted(arrival, shard, shard.getRunId(), shard.getRound(), shard.getClientId());
            } else if (event instanceof UpdateManifest manifest) {
                onSubmitted(arrival, manifest, manifest.getRunId(), manifest.getRound(), manifest.getClientId());
            } else {
                throw new UnusableRecordException("the aggregator has no use for " + event.getSchema().getName());
            }
        } catch (UnusableRecordException e) {
            outbox.deadLetter(arrival.origin(), e.getMessage());
        }
    }

    private void onOpened(Arrival arrival, RoundOpened opened) {
        String runId = opened.getRunId();
        int round = opened.getRound();
        String key = planKey(runId, round);
        if (index.ended(runId) || index.has(key)) {
            return;
        }
        checkCut(opened);
        index.put(key, arrival.value());
        waiting.of(runId, round).forEach(waits -> handle(waiting.release(waits)));
        waiting.close(runId, round);
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
        String key = closeKey(event.getRunId(), event.getRound());
        if (index.ended(event.getRunId()) || index.has(key)) {
            return;
        }
        ClosedRound closed = checked(event);
        index.put(key, arrival.value());
        folding.onClosed(closed);
    }

    private void onRunEnded(String runId) {
        if (index.ended(runId)) {
            return;
        }
        index.endRun(runId);
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
        Optional<RoundOpened> plan = plan(runId, round);
        if (plan.isEmpty()) {
            waiting.add(runId, round, clientId, arrival).ifPresent(evicted -> outbox.deadLetter(evicted.origin(),
                    "waited for round " + round + " of run " + runId + " with more than " + WaitingRoom.CAPACITY
                            + " others of client " + clientId));
        } else if (event instanceof UpdateShard shard) {
            screening.shard(arrival, shard, plan.get(), closed(runId, round));
        } else {
            screening.manifest(arrival, (UpdateManifest) event, plan.get(), closed(runId, round));
        }
    }

    private Optional<RoundOpened> plan(String runId, int round) {
        return control(planKey(runId, round)).map(RoundOpened.class::cast);
    }

    private Optional<ClosedRound> closed(String runId, int round) {
        return control(closeKey(runId, round)).map(RoundClosed.class::cast).map(ScreeningProcessor::checked);
    }

    /** Kept as it came, so that a newer version reads it by the schema that it was written with. */
    private Optional<SpecificRecord> control(String key) {
        return index.get(key).map(bytes ->
                decoder.decode(new Arrival(Topics.AGGREGATION_CONTROL.name(), -1, -1, key, bytes)));
    }

    private static ClosedRound checked(RoundClosed event) {
        try {
            return ClosedRound.of(event);
        } catch (IllegalArgumentException e) {
            throw new UnusableRecordException("run " + event.getRunId() + " round " + event.getRound()
                    + " cannot be folded: " + e.getMessage(), e);
        }
    }

    private static String planKey(String runId, int round) {
        return RunStore.key(runId, "plan", round);
    }

    private static String closeKey(String runId, int round) {
        return RunStore.key(runId, "close", round);
    }
}
