package org.fedbiot.coordinator.runtime;

import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.fedbiot.schemas.client.KafkaSettings;

/**
 * Where the inputs end, whether committed or not. A committed-only end would stop at the oldest open transaction and
 * hide what was committed behind it.
 */
final class InputEnds implements Supplier<Map<TopicPartition, Long>>, AutoCloseable {

    private final Admin admin;

    InputEnds(KafkaSettings settings) {
        this.admin = Admin.create(settings.admin());
    }

    @Override
    public Map<TopicPartition, Long> get() {
        Map<TopicPartition, OffsetSpec> latest = InputReader.partitions().stream()
                .collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.latest()));
        try {
            return admin.listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED)).all().get()
                    .entrySet().stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, end -> offset(end.getValue())));
        } catch (ExecutionException e) {
            throw new KafkaException("cannot ask where the inputs end: " + e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while asking where the inputs end", e);
        }
    }

    private static long offset(ListOffsetsResult.ListOffsetsResultInfo end) {
        return end.offset();
    }

    @Override
    public void close() {
        admin.close();
    }
}
