package org.fedbiot.aggregator.stream;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.fedbiot.aggregator.fact.RunOver;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AdapterRefused;
import org.fedbiot.schemas.event.AdapterShard;
import org.fedbiot.schemas.event.DeadLetter;
import org.fedbiot.schemas.event.ServerMoment;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateRejected;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;

/**
 * The aggregator as a topology, built without a broker.
 *
 * <pre>
 * control, update manifests, update shards, adapter shards, server moments     (partition = shard mod partitions)
 *    -> screening  -> facts, by run/round/client or run/version (internal topic)
 *                  -> adapter shards, which come back in as the next base
 *                  -> server moments, for forks
 *                  -> dead letters
 * facts -> verdicts -> update verdicts, adapter manifests, dead letters
 * </pre>
 *
 * <p>Every task of the first half sees every plan, since control events stand in all partitions, and hands on with
 * each fact what the second half must know of the plan: nothing is looked up across partitions.
 */
final class AggregatorTopology {

    /** Of the internal topic, whose full name has the application id before and "-repartition" after it. */
    static final String FACTS = "facts";

    static final List<String> SOURCES = names(Topics.AGGREGATION_CONTROL, Topics.ADAPTER_SHARD, Topics.SERVER_MOMENT,
            Topics.UPDATE_MANIFEST, Topics.UPDATE_SHARD);

    private AggregatorTopology() {
    }

    /**
     * @param partitions of every topic cut by shard
     * @param logs a connection to a partition of the submitted shards, for each task its own
     */
    static Topology build(int partitions, IntFunction<PartitionLog> logs, FoldThreads foldThreads,
            AggregatorMeters meters) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.addStateStore(small(ScreeningProcessor.INDEX));
        builder.addStateStore(payloads());
        // Rewritten several times between two commits, so that a cache saves most of the changelog.
        builder.addStateStore(small(VerdictProcessor.PROGRESS).withCachingEnabled());

        KStream<String, SpecificRecord> screened = builder
                .stream(SOURCES, Consumed.with(Serdes.String(), Serdes.ByteArray()).withName("records"))
                .process(() -> new ScreeningProcessor(partitions, logs, foldThreads, meters), Named.as("screening"),
                        ScreeningProcessor.INDEX, ScreeningProcessor.PAYLOADS);
        KStream<String, SpecificRecord> decided = screened
                .filter((key, value) -> isFact(value), Named.as("fact"))
                .repartition(Repartitioned.<String, SpecificRecord>as(FACTS)
                        .withKeySerde(Serdes.String())
                        .withValueSerde(new FactSerde())
                        .withNumberOfPartitions(partitions)
                        .withStreamPartitioner(AggregatorTopology::factPartition))
                .process(() -> new VerdictProcessor(meters), Named.as("verdicts"), VerdictProcessor.PROGRESS);

        send(screened, "adapter-shard", Topics.ADAPTER_SHARD, Set.of(AdapterShard.class), AggregatorTopology::byShard);
        send(screened, "server-moment", Topics.SERVER_MOMENT, Set.of(ServerMoment.class), AggregatorTopology::byShard);
        send(screened, "dead-letter", Topics.AGGREGATOR_DEAD_LETTER, Set.of(DeadLetter.class), null);
        send(decided, "verdict", Topics.UPDATE_VERDICT,
                Set.of(UpdateAccepted.class, UpdateRejected.class, AdapterRefused.class), null);
        send(decided, "adapter-manifest", Topics.ADAPTER_MANIFEST, Set.of(AdapterPublished.class), null);
        send(decided, "conflict", Topics.AGGREGATOR_DEAD_LETTER, Set.of(DeadLetter.class), null);
        return builder.build();
    }

    /** Values in the serde that configuration names. */
    private static void send(KStream<String, SpecificRecord> stream, String name, Topic topic,
            Set<Class<? extends SpecificRecord>> types, StreamPartitioner<String, SpecificRecord> partitioner) {
        stream.filter((key, value) -> types.contains(value.getClass()), Named.as(name))
                .to(topic.name(), Produced.<String, SpecificRecord>as(name + "-sink")
                        .withKeySerde(Serdes.String())
                        .withStreamPartitioner(partitioner));
    }

    private static boolean isFact(SpecificRecord value) {
        return value.getClass().getPackage().equals(RunOver.class.getPackage());
    }

    private static Optional<Set<Integer>> byShard(String topic, String key, SpecificRecord value, int partitions) {
        int shard = value instanceof ServerMoment moment ? moment.getShard() : ((AdapterShard) value).getShard();
        return Optional.of(Set.of(shard % partitions));
    }

    /** A run's end concerns every partition; all else goes by its key. */
    private static Optional<Set<Integer>> factPartition(String topic, String key, SpecificRecord value,
            int partitions) {
        return value instanceof RunOver
                ? Optional.of(IntStream.range(0, partitions).boxed().collect(Collectors.toSet()))
                : Optional.empty();
    }

    private static List<String> names(Topic... topics) {
        return List.of(topics).stream().map(Topic::name).toList();
    }

    /** Uncached: a cache keeps the whole record that each entry was put on, half a megabyte for a hundred bytes. */
    private static StoreBuilder<KeyValueStore<String, byte[]>> small(String name) {
        return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), Serdes.String(), Serdes.ByteArray())
                .withCachingDisabled()
                .withLoggingEnabled(Map.of("max.message.bytes",
                        Integer.toString(Topics.AGGREGATION_CONTROL.maxRecordBytes())));
    }

    /** Written once and kept for a round, longer than any cache would hold them: one would only take heap. */
    private static StoreBuilder<KeyValueStore<String, byte[]>> payloads() {
        return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(ScreeningProcessor.PAYLOADS),
                        Serdes.String(), Serdes.ByteArray())
                .withCachingDisabled()
                .withLoggingEnabled(Map.of("max.message.bytes",
                        Integer.toString(Topics.UPDATE_SHARD.maxRecordBytes() + WAITING_OVERHEAD_BYTES)));
    }

    /** What a record that waits carries beside its own bytes: topic and key. */
    private static final int WAITING_OVERHEAD_BYTES = 64 * 1024;
}
