package org.fedbiot.cli.dashboard;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.cluster.Cluster;
import org.fedbiot.cli.cluster.ClusterOptions;
import org.fedbiot.cli.process.Lifetime;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The live page as a process of its own, over any cluster. */
@Command(
        name = "dashboard",
        mixinStandardHelpOptions = true,
        description = "Serve the live page of a cluster: runs, rounds, clients, workers, losses, bytes, dead letters."
                + " It only reads, and needs no network but the cluster. It runs until Ctrl-C or SIGTERM.")
public final class DashboardCommand implements Callable<Integer> {

    private static final String LOOPBACK = "127.0.0.1";

    @Parameters(paramLabel = "RUN", arity = "0..1", defaultValue = "", description = "A quickstart run, whose broker is"
            + " started for this command; not with the options that name a cluster.")
    private String runId;

    @Mixin
    private ClusterOptions cluster;

    @Option(names = "--port", defaultValue = "7070", description = "Port of the page, default ${DEFAULT-VALUE}; 0 takes"
            + " a free one.")
    private int port;

    @Option(names = "--listen", paramLabel = "ADDRESS", defaultValue = LOOPBACK, description = "Address to listen on,"
            + " default ${DEFAULT-VALUE}: whoever reaches it sees all that the page shows, so another one belongs"
            + " behind a proxy that asks who comes.")
    private String listen;

    @Option(names = "--allow-host", paramLabel = "NAME", description = "A further name by which browsers may ask for"
            + " the page; the loopback names and the one of --listen always are.")
    private List<String> allowedHosts = new ArrayList<>();

    @Override
    public Integer call() {
        if (port < 0 || port > 65_535) {
            throw new UserError("--port " + port + ": a port is from 0 to 65535");
        }
        return Lifetime.run(this::serve);
    }

    private void serve(Lifetime lifetime) {
        List<String> names = new ArrayList<>(allowedHosts);
        names.add(listen);
        try (Cluster watched = cluster.open(runId);
                Dashboard dashboard = new Dashboard(watched.kafka(), address(), port, names)) {
            dashboard.failure().exceptionally(cause -> {
                lifetime.failed("dashboard", cause);
                return null;
            });
            System.out.println(dashboard.url());
            lifetime.awaitEnd();
        }
    }

    private InetAddress address() {
        try {
            return InetAddress.getByName(listen);
        } catch (UnknownHostException e) {
            throw new UserError("--listen " + listen + ": no address of this machine has that name", e);
        }
    }
}
