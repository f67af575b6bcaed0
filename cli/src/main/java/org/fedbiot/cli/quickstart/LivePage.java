package org.fedbiot.cli.quickstart;

import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import org.fedbiot.cli.dashboard.Dashboard;
import org.fedbiot.cli.simulation.LocalCluster;

/**
 * The live page beside a run. It goes when the run is over, unless it is asked to stay: then it shows what was seen
 * last until the process is ended.
 */
final class LivePage implements AutoCloseable {

    private final PrintStream out;
    private Dashboard dashboard;

    LivePage(PrintStream out) {
        this.out = out;
    }

    void open(LocalCluster cluster) {
        dashboard = Dashboard.local(cluster.kafka(), 0);
        cluster.accompany(dashboard::freeze);
        out.println("live page: " + dashboard.url());
    }

    /** Serves on until the process is ended from outside; returns at once if the page was never opened. */
    void stay() {
        if (dashboard == null) {
            return;
        }
        out.println("the run is over; " + dashboard.url() + " shows it until Ctrl-C");
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        if (dashboard != null) {
            dashboard.close();
        }
    }
}
