package org.fedbiot.benchmarks.aggregation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateRejected;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventHeaders;
import org.fedbiot.schemas.wire.EventKeys;

/**
 * Coordinator and clients of one run, as far as the aggregator sees them. A round's records appear all at once, at the
 * commit of one transaction, so that no producer works while the aggregator is timed.
 */
final class TimedRun implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration POLL = Duration.ofMillis(5);

    /** Seconds from the first record that could be read to the last verdict, and to the committed new version. */
    record Times(double screened, double published) {
    }

    private final Cluster cluster;
    private final SimulatedClients clients;
    private final EventProducer control;
    private final Producer<String, SpecificRecord> submit;
    private final EventReader outcomes;
    private final List<UpdateAccepted> accepted = new ArrayList<>();
    private AdapterPublished published;
    private int round;

    /** Returns once adapter version 0 is published. */
    TimedRun(Cluster cluster, SimulatedClients clients, float[] base) {
        this.cluster = cluster;
        this.clients = clients;
        this.control = new EventProducer(cluster.settings(), "benchmark-control");
        this.submit = new KafkaProducer<>(cluster.settings()
                .transactionalProducer("benchmark-clients", "benchmark-clients-" + clients.runId()));
        this.outcomes = new EventReader(cluster.settings(), "benchmark-observer", Topics.UPDATE_VERDICT,
                Topics.ADAPTER_MANIFEST);
        submit.initTransactions();
        clients.adapter(base).forEach(shard -> control.send(Topics.ADAPTER_SHARD,
                SimulatedClients.CUT.partition(shard.getShard()),
                EventKeys.adapterShard(clients.runId(), 0, shard.getShard()), shard));
        control.awaitAll();
        awaitVersion(0);
    }

    /** The version that is there now. */
    AdapterPublished published() {
        return published;
    }

    /** One more round with every client. */
    Times round() {
        round++;
        RoundOpened opened = clients.opened(round, published.getSha256());
        toEveryPartition(EventKeys.round(clients.runId(), round), opened);
        accepted.clear();
        submit.beginTransaction();
        arrivals().forEach(client -> submit(clients.update(opened, client)));
        submit.flush();
        long start = System.nanoTime();
        submit.commitTransaction();
        await("the verdicts of round " + round, () -> accepted.size() == clients.clients());
        long screened = System.nanoTime();
        toEveryPartition(EventKeys.round(clients.runId(), round), clients.closed(opened, accepted));
        awaitVersion(round);
        return new Times((screened - start) / 1e9, (System.nanoTime() - start) / 1e9);
    }

    /** In no order of theirs, and another one in every round. */
    private List<Integer> arrivals() {
        List<Integer> order = IntStream.range(0, clients.clients()).boxed().collect(Collectors.toList());
        Collections.shuffle(order, new Random(round));
        return order;
    }

    private void submit(SimulatedClients.Update update) {
        String runId = clients.runId();
        String client = update.manifest().getClientId();
        update.shards().forEach(shard -> submit(Topics.UPDATE_SHARD, SimulatedClients.CUT.partition(shard.getShard()),
                EventKeys.shard(runId, round, client, shard.getShard()), shard));
        submit(Topics.UPDATE_MANIFEST, null, EventKeys.client(runId, round, client), update.manifest());
    }

    /** A failed send fails the commit. */
    private void submit(Topic topic, Integer partition, String key, SpecificRecord event) {
        submit.send(new ProducerRecord<>(topic.name(), partition, key, event, EventHeaders.of(event)));
    }

    private void toEveryPartition(String key, SpecificRecord event) {
        for (int partition = 0; partition < Topics.SHARD_PARTITIONS; partition++) {
            control.send(Topics.AGGREGATION_CONTROL, partition, key, event);
        }
        control.awaitAll();
    }

    private void awaitVersion(int version) {
        await("adapter version " + version, () -> published != null && published.getVersion() == version);
    }

    private void await(String what, BooleanSupplier reached) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!reached.getAsBoolean()) {
            if (System.nanoTime() > end || !cluster.aggregator().isAlive()) {
                throw new IllegalStateException("run " + clients.runId() + ": " + what + " did not come; "
                        + accepted.size() + " of " + clients.clients() + " accepted");
            }
            outcomes.poll(POLL).forEach(this::take);
        }
    }

    private void take(ConsumerRecord<String, SpecificRecord> record) {
        if (record.value() instanceof UpdateAccepted update && update.getRunId().equals(clients.runId())) {
            accepted.add(update);
        } else if (record.value() instanceof UpdateRejected rejected) {
            throw new IllegalStateException("a good update was rejected: " + rejected);
        } else if (record.value() instanceof AdapterPublished version && version.getRunId().equals(clients.runId())) {
            published = version;
        }
    }

    /** Ends the run, so that the aggregator forgets it. */
    @Override
    public void close() {
        toEveryPartition(EventKeys.run(clients.runId()),
                RunEnded.newBuilder().setRunId(clients.runId()).setOutcome(RunOutcome.COMPLETED).build());
        submit.close();
        control.close();
        outcomes.close();
    }
}
