package org.fedbiot.schemas.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.fedbiot.schemas.topic.Topics;

/**
 * How far a group is behind in a topic of the catalogue.
 *
 * @param records that it has not settled, over all partitions; the marks that end a transaction count too, as the
 *     broker gives them an offset
 */
public record GroupLag(String group, String topic, long records) {

    /**
     * Asks the broker, for consumer groups and for the share group of server tasks, the only one there is. A consumer
     * group that has settled nothing in a topic yet does not show there.
     *
     * @param groups which of those that the broker lets this principal see
     * @throws org.apache.kafka.common.KafkaException if the broker refuses or does not answer
     */
    public static List<GroupLag> read(Admin admin, Predicate<String> groups) {
        List<GroupLag> lags = new ArrayList<>();
        for (GroupListing group : Answers.await("list groups", admin.listGroups().all())) {
            if (groups.test(group.groupId())) {
                if (group.type().filter(GroupType.SHARE::equals).isPresent()) {
                    lags.add(new GroupLag(group.groupId(), Topics.SERVER_QUEUE.name(),
                            shared(admin, group.groupId())));
                } else {
                    behind(admin, consumer(admin, group.groupId())).forEach((topic, records) ->
                            lags.add(new GroupLag(group.groupId(), topic, records)));
                }
            }
        }
        return lags;
    }

    /** Tasks that are not settled, those in hand included; all there are where it has read nothing yet. */
    private static long shared(Admin admin, String group) {
        List<TopicPartition> partitions = IntStream.range(0, Topics.SERVER_QUEUE.partitions())
                .mapToObj(partition -> new TopicPartition(Topics.SERVER_QUEUE.name(), partition)).toList();
        Map<TopicPartition, SharePartitionOffsetInfo> known = Answers.await("ask how far share group " + group
                + " has read", admin.listShareGroupOffsets(Map.of(group,
                        new ListShareGroupOffsetsSpec().topicPartitions(partitions))).partitionsToOffsetInfo(group));
        return partitions.stream().mapToLong(partition -> Optional.ofNullable(known.get(partition))
                .flatMap(SharePartitionOffsetInfo::lag)
                .orElseGet(() -> offset(admin, partition, OffsetSpec.latest())
                        - offset(admin, partition, OffsetSpec.earliest()))).sum();
    }

    private static long offset(Admin admin, TopicPartition partition, OffsetSpec which) {
        return Answers.await("find offsets of " + partition,
                admin.listOffsets(Map.of(partition, which)).partitionResult(partition)).offset();
    }

    private static Map<TopicPartition, Long> consumer(Admin admin, String group) {
        Map<TopicPartition, Long> settled = new HashMap<>();
        Answers.await("ask how far consumer group " + group + " has read",
                admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()).forEach((partition, offset) -> {
            if (offset != null) {
                settled.put(partition, offset.offset());
            }
        });
        return settled;
    }

    /** By topic; internal topics of Kafka Streams are nobody's queue. */
    private static Map<String, Long> behind(Admin admin, Map<TopicPartition, Long> settled) {
        settled.keySet().removeIf(partition -> Topics.find(partition.topic()).isEmpty());
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        settled.keySet().forEach(partition -> asked.put(partition, OffsetSpec.latest()));
        Map<TopicPartition, ListOffsetsResultInfo> ends =
                Answers.await("ask where topics end", admin.listOffsets(asked).all());
        Map<String, Long> byTopic = new TreeMap<>();
        settled.forEach((partition, offset) -> byTopic.merge(partition.topic(),
                Math.max(0, ends.get(partition).offset() - offset), Long::sum));
        return byTopic;
    }
}
