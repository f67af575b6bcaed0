package org.fedbiot.cli.exposure;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.fedbiot.cli.exposure.TopicAccess.Outcome;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.worker.TopicFold;

/** Tries to read every topic of the catalogue, from its beginning to its end, with the credentials at hand. */
final class TopicReading implements AutoCloseable {

    private final KafkaSettings kafka;
    private final Admin admin;
    private final Consumer<String> progress;

    TopicReading(KafkaSettings kafka, Consumer<String> progress) {
        this.kafka = kafka;
        this.progress = progress;
        this.admin = Admin.create(kafka.admin());
    }

    /**
     * Reads what can be read; what is refused is a result and no error.
     *
     * @throws InterruptedException if the thread is interrupted while it reads
     */
    List<TopicAccess> read(Consumer<SpecificRecord> records) throws InterruptedException {
        List<TopicAccess> accesses = new ArrayList<>();
        for (Topic topic : Topics.ALL) {
            TopicAccess access = read(topic, records);
            progress.accept(topic.name() + ": " + switch (access.outcome()) {
                case READ -> access.records() + " records, " + access.bytes() + " bytes";
                case REFUSED -> "refused";
                case MISSING -> "is not there";
            });
            accesses.add(access);
        }
        return List.copyOf(accesses);
    }

    /**
     * Topics outside the catalogue that the credentials can see, such as a program's internal ones.
     *
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    SortedSet<String> others() throws InterruptedException {
        try {
            SortedSet<String> names = new TreeSet<>(admin.listTopics().names().get());
            Topics.ALL.forEach(topic -> names.remove(topic.name()));
            return names;
        } catch (ExecutionException e) {
            throw new KafkaException("the topics cannot be listed: " + e.getCause().getMessage(), e.getCause());
        }
    }

    private TopicAccess read(Topic topic, Consumer<SpecificRecord> records) throws InterruptedException {
        AtomicLong count = new AtomicLong();
        AtomicLong unusable = new AtomicLong();
        if (!isThere(topic)) {
            return TopicAccess.without(topic, Outcome.MISSING);
        }
        try {
            EventReader reader = new EventReader(kafka, "fedbiot-exposure", topic);
            try (TopicFold fold = new TopicFold(reader, garbage -> unusable.incrementAndGet(), record -> {
                count.incrementAndGet();
                records.accept(record.value());
            })) {
                boolean trimmed = reader.starts().values().stream().anyMatch(start -> start > 0);
                fold.readToEnd();
                // Nothing was asked of an empty topic, so that nothing could be refused: the broker's word counts.
                if (count.get() + unusable.get() == 0 && !mayRead(topic)) {
                    return TopicAccess.without(topic, Outcome.REFUSED);
                }
                return new TopicAccess(topic, Outcome.READ, count.get(), reader.bytesRead(), unusable.get(), trimmed);
            }
        } catch (TopicAuthorizationException e) {
            return TopicAccess.without(topic, Outcome.REFUSED);
        }
    }

    private boolean isThere(Topic topic) throws InterruptedException {
        try {
            admin.describeTopics(List.of(topic.name())).allTopicNames().get();
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            requireRefusal(topic, e);
            return true;
        }
    }

    private boolean mayRead(Topic topic) throws InterruptedException {
        try {
            return admin.describeTopics(List.of(topic.name()),
                    new DescribeTopicsOptions().includeAuthorizedOperations(true)).allTopicNames().get()
                    .get(topic.name()).authorizedOperations().contains(AclOperation.READ);
        } catch (ExecutionException e) {
            requireRefusal(topic, e);
            return false;
        }
    }

    private static void requireRefusal(Topic topic, ExecutionException e) {
        if (!(e.getCause() instanceof TopicAuthorizationException)) {
            throw new KafkaException(topic.name() + " cannot be described: " + e.getCause().getMessage(), e.getCause());
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
