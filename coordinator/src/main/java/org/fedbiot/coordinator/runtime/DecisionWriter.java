package org.fedbiot.coordinator.runtime;

import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.header.Headers;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.DeadLetter;
import org.fedbiot.schemas.event.ProcessStarted;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventHeaders;
import org.fedbiot.schemas.wire.EventKeys;

/**
 * Writes decisions, their projections and the offsets of the inputs they were taken on in one transaction. Every
 * method throws {@link CoordinatorFencedException} once another coordinator has taken over. Any other failure leaves
 * open whether the transaction was committed: the caller must stop, and the next start reads the truth from the log.
 */
final class DecisionWriter implements AutoCloseable {

    private final Producer<String, SpecificRecord> producer;

    DecisionWriter(KafkaSettings settings) {
        this.producer = new KafkaProducer<>(
                settings.transactionalProducer(CoordinatorProcess.NAME, CoordinatorProcess.NAME));
    }

    /** Shuts every earlier coordinator out and ends what it left open: what the log holds after this is all of it. */
    void takeOver() {
        fenced(producer::initTransactions);
    }

    void announce(ProcessStarted started) {
        fenced(() -> {
            producer.beginTransaction();
            send(Outgoing.to(Topics.PROCESS_STATUS, started.getProcess()), started, EventHeaders.of(started));
            producer.commitTransaction();
        });
    }

    void commit(List<Decision> decisions, List<DeadLetter> deadLetters,
            Map<TopicPartition, OffsetAndMetadata> positions, ConsumerGroupMetadata group) {
        fenced(() -> {
            producer.beginTransaction();
            decisions.forEach(this::send);
            deadLetters.forEach(letter -> send(Outgoing.to(Topics.SERVER_DEAD_LETTER, EventKeys.origin(
                    letter.getOriginTopic(), letter.getOriginPartition(), letter.getOriginOffset())), letter,
                    EventHeaders.of(letter)));
            producer.sendOffsetsToTransaction(positions, group);
            producer.commitTransaction();
        });
    }

    /** Kafka's own, for as long as the writer is open. */
    KafkaClientMetrics metrics() {
        return new KafkaClientMetrics(producer);
    }

    private void send(Decision decision) {
        Headers headers = EventHeaders.of(decision.event());
        decision.origin().ifPresent(origin -> origin.writeTo(headers));
        Projections.of(decision.event()).forEach(target -> send(target, decision.event(), headers));
    }

    private void send(Outgoing target, SpecificRecord event, Headers headers) {
        // A send that fails makes the commit throw, so its own future need not be asked.
        producer.send(new ProducerRecord<>(target.topic().name(), target.partition().orElse(null), target.key(),
                event, headers));
    }

    private static void fenced(Runnable transaction) {
        try {
            transaction.run();
        } catch (KafkaException e) {
            throw isFencing(e) ? new CoordinatorFencedException(e) : e;
        }
    }

    private static boolean isFencing(Throwable failure) {
        return failure != null && (failure instanceof ProducerFencedException
                || failure instanceof InvalidProducerEpochException || isFencing(failure.getCause()));
    }

    /** Without waiting: whatever is still open when this is called must not be finished. */
    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }
}
