package org.fedbiot.cli.replay;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.worker.version.PayloadLog;

/** Topics in memory, whose records can be lost or put in another's place. */
final class MemoryTopics {

    private final List<Located<SpecificRecord>> records = new ArrayList<>();
    private final Map<TopicPartition, Long> ends = new HashMap<>();

    Place append(Topic topic, int partition, SpecificRecord event) {
        long offset = ends.merge(new TopicPartition(topic.name(), partition), 1L, Long::sum) - 1;
        Place place = new Place(topic.name(), partition, offset);
        records.add(new Located<>(event, place));
        return place;
    }

    /** In the order in which they were written. */
    List<Located<SpecificRecord>> records() {
        return List.copyOf(records);
    }

    <E extends SpecificRecord> List<Located<E>> find(Topic topic, Class<E> type, Predicate<E> which) {
        return records.stream()
                .filter(record -> record.place().topic().equals(topic.name()) && type.isInstance(record.event()))
                .map(record -> new Located<>(type.cast(record.event()), record.place()))
                .filter(record -> which.test(record.event())).toList();
    }

    /** Loses the records of one type in a topic, and says where the first was. */
    <E extends SpecificRecord> Place lose(Topic topic, Class<E> type, Predicate<E> which) {
        List<Place> places = find(topic, type, which).stream().map(Located::place).toList();
        records.removeIf(record -> places.contains(record.place()));
        return places.get(0);
    }

    /** Puts other events in the place of those of one type in a topic, and says where the first is. */
    <E extends SpecificRecord> Place change(Topic topic, Class<E> type, Predicate<E> which, UnaryOperator<E> change) {
        List<Located<E>> found = find(topic, type, which);
        for (Located<E> record : found) {
            records.replaceAll(known -> known.place().equals(record.place())
                    ? new Located<>(change.apply(record.event()), record.place()) : known);
        }
        return found.get(0).place();
    }

    PayloadLog payloads(Topic topic) {
        return new PayloadLog() {

            @Override
            public String topic() {
                return topic.name();
            }

            @Override
            public void readAt(List<Place> places, Predicate<ConsumerRecord<String, SpecificRecord>> reader) {
                for (Located<SpecificRecord> record : records) {
                    org.fedbiot.cli.replay.Place place = record.place();
                    if (place.topic().equals(topic.name())
                            && places.contains(new Place(place.partition(), place.offset()))
                            && !reader.test(consumed(record))) {
                        return;
                    }
                }
            }

            @Override
            public void readAll(Predicate<ConsumerRecord<String, SpecificRecord>> reader) {
                throw new UnsupportedOperationException("a replay knows where everything lies");
            }

            @Override
            public void close() {
            }
        };
    }

    private static ConsumerRecord<String, SpecificRecord> consumed(Located<SpecificRecord> record) {
        return new ConsumerRecord<>(record.place().topic(), record.place().partition(), record.place().offset(), 0,
                TimestampType.CREATE_TIME, 0, 0, "key", record.event(), new RecordHeaders(), Optional.empty());
    }
}
