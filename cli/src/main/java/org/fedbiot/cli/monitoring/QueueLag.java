package org.fedbiot.cli.monitoring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.fedbiot.schemas.client.GroupLag;
import org.fedbiot.schemas.client.KafkaSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows how far the server's side is behind (docs/metrics.md): a sign that it stands still, and what server workers are
 * scaled by. Clients' groups are left out, their number is open. Asks in a thread of its own: no decision waits for it.
 */
public final class QueueLag implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(QueueLag.class);
    private static final long SECONDS_BETWEEN = 5;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final String OURS = "fedbiot-";
    private static final String CLIENTS = "fedbiot-client-";

    private final Admin admin;
    private final MultiGauge lag;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread asking = new Thread(task, "queue-lag");
        asking.setDaemon(true);
        return asking;
    });
    private boolean refused;

    public QueueLag(KafkaSettings settings, MeterRegistry registry) {
        this.admin = Admin.create(settings.admin());
        this.lag = MultiGauge.builder("fedbiot.queue.lag").baseUnit("records")
                .description("records of a topic that a group of the server's side has not settled")
                .register(registry);
    }

    /** Asks every few seconds from now on. */
    public void start() {
        thread.scheduleWithFixedDelay(this::refresh, 0, SECONDS_BETWEEN, TimeUnit.SECONDS);
    }

    /** Asks once; a broker that refuses is asked again the next time. */
    public synchronized void refresh() {
        try {
            lag.register(GroupLag.read(admin, QueueLag::isServers).stream()
                    .map(group -> MultiGauge.Row.of(Tags.of("group", group.group(), "topic", group.topic()),
                            group.records()))
                    .toList(), true);
            refused = false;
        } catch (KafkaException e) {
            if (!refused) {
                refused = true;
                LOGGER.atWarn().addKeyValue("error", e.getMessage())
                        .log("lag of the server's groups is not known; will ask again");
            }
        }
    }

    private static boolean isServers(String group) {
        return group.startsWith(OURS) && !group.startsWith(CLIENTS);
    }

    @Override
    public void close() {
        thread.shutdownNow();
        admin.close(CLOSE_TIMEOUT);
    }
}
