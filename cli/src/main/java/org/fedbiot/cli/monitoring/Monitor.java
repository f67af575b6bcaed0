package org.fedbiot.cli.monitoring;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process' meters, and the endpoint that shows them where one is asked for. Nothing is measured and no port is opened
 * without.
 */
public final class Monitor implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(Monitor.class);

    private final MeterRegistry registry;
    private final Optional<JvmGcMetrics> collections;
    private final Optional<MetricsEndpoint> endpoint;
    private volatile Supplier<Readiness> readiness = () -> Readiness.notYet("waits for the cluster");

    private Monitor(MeterRegistry registry, Optional<JvmGcMetrics> collections, Optional<MetricsSettings> settings) {
        this.registry = registry;
        this.collections = collections;
        this.endpoint = settings.map(address ->
                MetricsEndpoint.open(address, (PrometheusMeterRegistry) registry, () -> readiness.get()));
    }

    /**
     * @param role of the process, in lower case
     * @param settings empty for a process that nobody watches
     * @throws org.fedbiot.cli.UserError if the port is taken
     */
    public static Monitor open(String role, Optional<MetricsSettings> settings) {
        if (settings.isEmpty()) {
            return new Monitor(new CompositeMeterRegistry(), Optional.empty(), settings);
        }
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        JvmGcMetrics collections = new JvmGcMetrics();
        collections.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        Gauge.builder("fedbiot.build.info", () -> 1).description("always 1: what the process is, in labels")
                .tag("role", role).tag("version", version()).register(registry);
        Monitor monitor = new Monitor(registry, Optional.of(collections), settings);
        LOGGER.atInfo().addKeyValue("url", monitor.endpoint.orElseThrow().url()).addKeyValue("role", role)
                .log("metrics and health are served");
        return monitor;
    }

    /** For the parts of the process. */
    public MeterRegistry registry() {
        return registry;
    }

    /** How the process answers from now on when it is asked whether it is ready. */
    public void ready(Supplier<Readiness> answer) {
        this.readiness = answer;
    }

    /** Where metrics and health are served, such as {@code http://127.0.0.1:9464}. */
    public Optional<String> url() {
        return endpoint.map(MetricsEndpoint::url);
    }

    @Override
    public void close() {
        endpoint.ifPresent(MetricsEndpoint::close);
        collections.ifPresent(JvmGcMetrics::close);
        registry.close();
    }

    private static String version() {
        return Optional.ofNullable(Monitor.class.getPackage().getImplementationVersion()).orElse("development");
    }
}
