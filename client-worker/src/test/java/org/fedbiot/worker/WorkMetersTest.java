package org.fedbiot.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class WorkMetersTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ComputeGate gate = new ComputeGate(4, threads -> { });
    private final WorkMeters meters = WorkMeters.ofServer(registry, gate);

    @Test
    void shouldTellWorkThatIsDoneFromWorkThatFailedOrWasLeft() {
        // When
        try (WorkMeters.Work done = meters.begin("align");
                WorkMeters.Work failed = meters.begin("align");
                WorkMeters.Work left = meters.begin("align")) {
            assertThat(gauge("fedbiot.tasks.running", "align")).isEqualTo(3);
            assertThat(left).isNotNull();
            done.completed();
            failed.failed();
        }

        // Then
        assertThat(gauge("fedbiot.tasks.running", "align")).isZero();
        assertThat(ended("align", "completed")).isEqualTo(1);
        assertThat(ended("align", "failed")).isEqualTo(1);
        assertThat(ended("export", "completed")).as("shown from the start").isZero();
    }

    @Test
    void shouldShowTheLastLossOfEachKindAndWhenWorkMoved() {
        // Given
        assertThat(gauge("fedbiot.task.loss", "align")).isNaN();
        assertThat(registry.get("fedbiot.task.progress.timestamp").gauge().value()).isNaN();

        // When
        meters.progressed("align", 2.5);
        meters.progressed("align", 2.25);

        // Then
        assertThat(gauge("fedbiot.task.loss", "align")).isEqualTo(2.25);
        assertThat(gauge("fedbiot.task.loss", "export")).isNaN();
        assertThat(registry.get("fedbiot.task.progress.timestamp").gauge().value()).isPositive();
    }

    @Test
    void shouldShowTheCoresThatTasksHold() throws InterruptedException {
        // When
        try (ComputeGate.Lease lease = gate.acquire(3)) {
            assertThat(lease).isNotNull();

            // Then
            assertThat(registry.get("fedbiot.compute.cores").gauge().value()).isEqualTo(4);
            assertThat(registry.get("fedbiot.compute.cores.in.use").gauge().value()).isEqualTo(3);
        }
        assertThat(registry.get("fedbiot.compute.cores.in.use").gauge().value()).isZero();
    }

    private double gauge(String name, String kind) {
        return registry.get(name).tag("kind", kind).gauge().value();
    }

    private long ended(String kind, String outcome) {
        return registry.get("fedbiot.task.duration").tags("kind", kind, "outcome", outcome).timer().count();
    }
}
