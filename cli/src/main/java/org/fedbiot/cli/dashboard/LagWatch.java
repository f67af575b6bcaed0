package org.fedbiot.cli.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.fedbiot.schemas.client.GroupLag;
import org.fedbiot.schemas.client.KafkaSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the broker from time to time how far each process has read: records that it has not settled yet. */
final class LagWatch implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(LagWatch.class);
    private static final long EVERY_MILLIS = 3_000;
    private static final long PATIENCE_MILLIS = 10_000;
    private static final String OURS = "fedbiot-";

    private final String bootstrapServers;
    private final Admin admin;
    private final Consumer<JsonNode> listener;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "dashboard-lag");
        thread.setDaemon(true);
        return thread;
    });

    LagWatch(KafkaSettings kafka, Consumer<JsonNode> listener) {
        this.bootstrapServers = kafka.bootstrapServers();
        this.admin = Admin.create(kafka.admin());
        this.listener = listener;
        listener.accept(state(List.of(), "not asked yet"));
        executor.scheduleWithFixedDelay(this::ask, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void ask() {
        try {
            listener.accept(state(GroupLag.read(admin, group -> group.startsWith(OURS)), ""));
        } catch (KafkaException e) {
            LOGGER.debug("the broker does not say how far groups have read", e);
            listener.accept(state(List.of(), String.valueOf(e.getMessage())));
        }
    }

    private JsonNode state(List<GroupLag> lags, String problem) {
        ObjectNode node = PageJson.object().put("address", bootstrapServers).put("lagProblem", problem);
        List<GroupLag> sorted = new ArrayList<>(lags);
        sorted.sort(Comparator.comparing(GroupLag::group).thenComparing(GroupLag::topic));
        node.set("lags", PageJson.array(sorted, lag -> PageJson.object().put("group", lag.group())
                .put("topic", lag.topic()).put("records", lag.records())));
        return node;
    }

    @Override
    public void close() {
        executor.shutdownNow();
        admin.close(Duration.ofMillis(PATIENCE_MILLIS));
    }
}
