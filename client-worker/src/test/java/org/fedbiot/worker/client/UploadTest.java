package org.fedbiot.worker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class UploadTest {

    private final List<Integer> told = new ArrayList<>();
    private final Upload upload = new Upload(told::add);

    @Test
    void shouldTellOfEachShardOnceWhileLaterOnesAreStillSent() throws Exception {
        // Given a first shard that is on its way, and a second one that is faster
        CompletableFuture<RecordMetadata> first = new CompletableFuture<>();
        upload.add(first);
        upload.add(CompletableFuture.completedFuture(record(3, 40)));
        assertThat(told).isEmpty();

        // When
        first.complete(record(5, 60));
        upload.add(CompletableFuture.completedFuture(record(3, 40)));

        // Then
        assertThat(told).containsExactly(1, 2, 3);
        upload.await();
        assertThat(told).containsExactly(1, 2, 3);
        assertThat(upload.bytes()).isEqualTo(65 + 43 + 43);
    }

    @Test
    void shouldSayWhichShardWasNotWritten() throws Exception {
        // Given
        upload.add(CompletableFuture.completedFuture(record(3, 40)));
        CompletableFuture<RecordMetadata> lost = new CompletableFuture<>();
        upload.add(lost);

        // When
        lost.completeExceptionally(new KafkaException("record too large"));

        // Then
        assertThatThrownBy(upload::await).isInstanceOf(KafkaException.class)
                .hasMessageContainingAll("shard 1", "record too large");
        assertThat(told).containsExactly(1);
    }

    private static RecordMetadata record(int keyBytes, int valueBytes) {
        return new RecordMetadata(new TopicPartition("topic", 0), 0, 0, 0, keyBytes, valueBytes);
    }
}
