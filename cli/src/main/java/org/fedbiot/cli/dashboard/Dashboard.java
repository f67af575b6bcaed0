package org.fedbiot.cli.dashboard;

import java.net.InetAddress;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.fedbiot.observer.Observer;
import org.fedbiot.observer.Picture;
import org.fedbiot.schemas.client.KafkaSettings;

/** The live page over one cluster: it follows the topics and serves what they say, and belongs to nothing else. */
public final class Dashboard implements AutoCloseable {

    private final Observer observer;
    private final LagWatch lag;
    private final PageServer server;

    /**
     * Starts to follow and to serve.
     *
     * @param address to listen on
     * @param port 0 for any free one
     * @param allowedHosts names beside the loopback ones by which browsers may ask for the page
     * @throws org.fedbiot.cli.UserError if it cannot listen there
     */
    public Dashboard(KafkaSettings kafka, InetAddress address, int port, List<String> allowedHosts) {
        this.observer = new Observer(kafka, "fedbiot-dashboard");
        Source source = new Source(observer.picture());
        try {
            this.server = new PageServer(source, address, port, new AllowedHosts(allowedHosts), Clock.systemUTC());
        } catch (RuntimeException e) {
            observer.close();
            throw e;
        }
        this.lag = new LagWatch(kafka, source::show);
        observer.onChange(source::show);
        observer.start();
    }

    /** On the loopback interface, at any free port: for a page that nobody but this machine is to see. */
    public static Dashboard local(KafkaSettings kafka, int port) {
        return new Dashboard(kafka, InetAddress.getLoopbackAddress(), port, List.of());
    }

    public String url() {
        return server.url();
    }

    /** Completes when all that the topics held at the start is on the page. */
    public CompletableFuture<Picture> caughtUp() {
        return observer.caughtUp();
    }

    /** Completes exceptionally when the topics cannot be followed any more; never otherwise. */
    public CompletableFuture<Void> failure() {
        return observer.failure();
    }

    /** Lets go of the cluster, which is about to stop; what was seen last stays on the page. */
    public void freeze() {
        lag.close();
        observer.close();
    }

    @Override
    public void close() {
        server.close();
        freeze();
    }
}
