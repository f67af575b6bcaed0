package org.fedbiot.coordinator.runtime;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.topic.Topics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose turn it is: the one partition of the command topic, in a consumer group of coordinators. A second coordinator
 * stands by as a member without a partition and gets it when the first has left or was silent for the session timeout.
 * Without this, two that a supervisor restarts would shut each other out in turn.
 *
 * <p>The lease only says when to begin. That two never decide rests on the transactional id alone: a holder that was
 * silent for too long may go on until the next one takes over, and is fenced then.
 */
final class CoordinatorLease implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(CoordinatorLease.class);
    private static final Duration POLL = Duration.ofMillis(200);

    /** The session timeout is the least that brokers allow by default. */
    private static final Map<String, String> TUNING = Map.of(
            ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, "6000",
            ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, "1500");

    private final KafkaConsumer<byte[], byte[]> consumer;

    CoordinatorLease(KafkaSettings settings) {
        Properties properties = settings.consumer(CoordinatorProcess.LEASE_GROUP,
                Optional.of(CoordinatorProcess.LEASE_GROUP));
        TUNING.forEach(properties::putIfAbsent);
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        // Who has the partition keeps it when another one joins.
        properties.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        this.consumer = new KafkaConsumer<>(properties);
    }

    /**
     * Waits for its turn.
     *
     * @param stop counted down to give up waiting
     * @param standsBy told, once, that another one has it
     * @return false if it was stopped before
     */
    boolean await(CountDownLatch stop, Runnable standsBy) {
        consumer.subscribe(List.of(Topics.COMMAND.name()));
        boolean standingBy = false;
        while (stop.getCount() > 0) {
            keep(POLL);
            if (!consumer.assignment().isEmpty()) {
                return true;
            }
            if (!standingBy && consumer.groupMetadata().generationId() > 0) {
                standingBy = true;
                standsBy.run();
                LOGGER.info("another coordinator is alive, or died less than a session timeout ago: standing by");
            }
        }
        return false;
    }

    /** Answers the group; to be called from time to time, or the lease goes to another. */
    void keep() {
        keep(Duration.ZERO);
    }

    private void keep(Duration timeout) {
        consumer.poll(timeout);
        // Only who has it matters, not what is in it.
        consumer.pause(consumer.assignment());
    }

    /** Leaves the group: the next one need not wait for a timeout. */
    @Override
    public void close() {
        consumer.close();
    }
}
