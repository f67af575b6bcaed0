package org.fedbiot.infra;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One node's configuration, as {@code server.properties} would have it. */
final class BrokerConfig {

    static final String HOST = "127.0.0.1";
    static final String CONTROLLER = "CONTROLLER";
    static final String CLIENT = "CLIENT";
    /** Among the nodes themselves, and for what runs beside one in its process; only where clients must log in. */
    static final String NODE = "NODE";

    private BrokerConfig() {
    }

    static Map<String, String> of(BrokerOptions options, BrokerPorts ports) {
        Map<String, String> config = new HashMap<>();
        config.put("process.roles", "broker,controller");
        config.put("node.id", Integer.toString(options.nodeId()));
        config.put("controller.listener.names", CONTROLLER);
        config.put("controller.quorum.voters", options.quorum().map(seat -> seat.voters(HOST))
                .orElseGet(() -> options.nodeId() + "@" + HOST + ":" + ports.controller()));
        config.put("log.dirs", options.data().toString());
        // Topics are the catalogue's; one that a typo makes would swallow records.
        config.put("auto.create.topics.enable", "false");
        // Killed and started again, the node is let in when the session of its earlier life has run out: 9 s by default.
        config.put("broker.heartbeat.interval.ms", "1000");
        config.put("broker.session.timeout.ms", "6000");
        // What a killed writer left open stands in every reader's way until this finds it: 10 s by default.
        config.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
        // Nobody else is coming: a group need not wait for more members.
        config.put("group.initial.rebalance.delay.ms", "0");
        // A member of a share group is told with its second heartbeat what it may read: 5 s by default.
        config.put("group.share.min.heartbeat.interval.ms", "500");
        config.put("group.share.heartbeat.interval.ms", "500");
        // On one machine a lock that nobody renews may run out sooner than over a network: 15 s at least by default.
        config.put("group.share.min.record.lock.duration.ms", "1000");
        // The defaults are for a machine of its own; this heap is shared with everything else.
        config.put("num.network.threads", "2");
        config.put("num.io.threads", "4");
        config.put("log.cleaner.dedupe.buffer.size", Integer.toString(8 * 1024 * 1024));
        config.put("log.segment.bytes", Integer.toString(256 * 1024 * 1024));
        config.putAll(replication(options.quorum().map(Quorum::replication).orElse((short) 1)));
        if (options.quorum().isPresent()) {
            // Without it a node that goes hands its partitions over only when its session has run out. With it the last
            // node of a cluster that is stopped as a whole waits five minutes for a majority that is gone.
            config.put("controlled.shutdown.enable", "false");
        }
        config.putAll(options.security().isPresent()
                ? SecuredListeners.of(options.security().get(), ports)
                : openListeners(ports));
        return config;
    }

    private static Map<String, String> openListeners(BrokerPorts ports) {
        return Map.of(
                "listeners", ports.listeners(CLIENT, CONTROLLER),
                "advertised.listeners", ports.listeners(CLIENT),
                "listener.security.protocol.map", "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "inter.broker.listener.name", CLIENT);
    }

    /** What is acknowledged outlives the loss of one node, where there are three. */
    private static Map<String, String> replication(short replication) {
        Map<String, String> config = new HashMap<>();
        String copies = Short.toString(replication);
        String inSync = replication < 3 ? "1" : "2";
        for (String internal : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            config.put(internal + ".replication.factor", copies);
            config.put(internal + ".num.partitions", "4");
        }
        config.put("transaction.state.log.min.isr", inSync);
        config.put("share.coordinator.state.topic.min.isr", inSync);
        config.put("default.replication.factor", copies);
        config.put("min.insync.replicas", inSync);
        return config;
    }
}
