package org.fedbiot.worker;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.fedbiot.learning.method.Progress;

/**
 * What happens between two steps of long work: it ends if the worker closes, others get their turn at the cores, and
 * somebody is told, but not so often that the telling costs more than the step.
 */
public final class SteppedWork implements Progress {

    private static final long NANOS_BETWEEN_REPORTS = TimeUnit.SECONDS.toNanos(1);

    private final ComputeGate.Lease lease;
    private final Progress report;
    private boolean reported;
    private long lastReportNanos;

    /**
     * @param lease held by the thread that works
     * @param report told of the first step, the last one, and in between at most once a second
     */
    public SteppedWork(ComputeGate.Lease lease, Progress report) {
        this.lease = Objects.requireNonNull(lease, "lease");
        this.report = Objects.requireNonNull(report, "report");
    }

    /** @throws ClosedDuringWorkException if the worker is closed */
    @Override
    public void step(int step, int steps, double loss) {
        long now = System.nanoTime();
        if (!reported || step == steps || now - lastReportNanos >= NANOS_BETWEEN_REPORTS) {
            reported = true;
            lastReportNanos = now;
            report.step(step, steps, loss);
        }
        if (Thread.interrupted()) {
            throw new ClosedDuringWorkException();
        }
        try {
            lease.giveWay();
        } catch (InterruptedException closed) {
            throw new ClosedDuringWorkException();
        }
    }
}
