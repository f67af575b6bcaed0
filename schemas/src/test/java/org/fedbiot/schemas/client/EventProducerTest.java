package org.fedbiot.schemas.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.fedbiot.schemas.event.ClientLeaving;
import org.fedbiot.schemas.event.RunCancelRequested;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventSerializer;
import org.fedbiot.schemas.wire.InMemorySchemaRegistry;
import org.junit.jupiter.api.Test;

class EventProducerTest {

    private final RunCancelRequested event = RunCancelRequested.newBuilder().setRunId("r1").setReason("x").build();
    private final MockProducer<String, SpecificRecord> kafka = new MockProducer<>(false, new RoundRobinPartitioner(),
            new StringSerializer(), new EventSerializer(new InMemorySchemaRegistry()));
    private final EventProducer producer = new EventProducer(kafka);

    @Test
    void shouldSendWithReadableHeaders() {
        CompletableFuture<RecordMetadata> sent = producer.send(Topics.COMMAND, 0, "r1", event);

        assertThat(sent).isNotDone();
        assertThat(kafka.completeNext()).isTrue();
        assertThat(sent).isCompleted();
        assertThat(kafka.history()).singleElement().satisfies(record -> {
            assertThat(record.key()).isEqualTo("r1");
            assertThat(record.partition()).isZero();
            assertThat(record.headers().lastHeader("event").value()).asString().isEqualTo("RunCancelRequested");
        });
    }

    @Test
    void shouldSurfaceAFailureOnceWithTopicAndKey() {
        CompletableFuture<RecordMetadata> sent = producer.send(Topics.COMMAND, 0, "r1", event);
        kafka.errorNext(new TimeoutException("broker gone"));

        assertThat(sent).isCompletedExceptionally();
        assertThatThrownBy(producer::awaitAll).isInstanceOf(KafkaException.class)
                .hasMessageContaining(Topics.COMMAND.name()).hasMessageContaining("key r1")
                .hasMessageContaining("broker gone");
        // Sent again, it may succeed.
        assertThatCode(producer::awaitAll).doesNotThrowAnyException();
    }

    @Test
    void shouldSurfaceARecordThatTheTopicDoesNotCarry() {
        ClientLeaving wrong = ClientLeaving.newBuilder().setClientId("c1").setReason("x").build();

        assertThat(producer.send(Topics.COMMAND, 0, "c1", wrong)).isCompletedExceptionally();
        assertThatThrownBy(producer::awaitAll).isInstanceOf(KafkaException.class)
                .hasMessageContaining("ClientLeaving").hasMessageContaining(Topics.COMMAND.name());
    }

    @Test
    void shouldNotCloseOverAFailure() {
        producer.send(Topics.COMMAND, 0, "r1", event);
        kafka.errorNext(new TimeoutException("broker gone"));

        assertThatThrownBy(producer::close).isInstanceOf(KafkaException.class).hasMessageContaining("broker gone");
        assertThat(kafka.closed()).isTrue();
    }
}
