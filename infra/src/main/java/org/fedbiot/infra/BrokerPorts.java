package org.fedbiot.infra;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Where one node listens, each port free when it was chosen. */
record BrokerPorts(int client, int controller, int node) {

    /** @throws IllegalStateException if a port that was asked for is in use; names it */
    static BrokerPorts choose(BrokerOptions options) {
        return new BrokerPorts(Ports.free("Kafka", options.port()),
                Ports.free("Kafka's controller", options.quorum().map(Quorum::controllerPort).orElse(0)),
                Ports.free("Kafka", 0));
    }

    /** As {@code listeners} wants it. */
    String listeners(String... names) {
        return Arrays.stream(names).map(name -> name + "://" + address(name)).collect(Collectors.joining(","));
    }

    String address(String name) {
        int port = switch (name) {
            case BrokerConfig.CLIENT -> client;
            case BrokerConfig.CONTROLLER -> controller;
            case BrokerConfig.NODE -> node;
            default -> throw new IllegalArgumentException("no listener " + name);
        };
        return BrokerConfig.HOST + ":" + port;
    }
}
