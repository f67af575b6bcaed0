package org.fedbiot.infra;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Where one node listens, three ports, each free when it was chosen. */
record BrokerPorts(int client, int controller, int node) {

    /** @throws IllegalStateException if a port that was asked for is in use; names it */
    static BrokerPorts choose(BrokerOptions options) {
        List<Integer> ports = Ports.free("Kafka",
                List.of(options.port(), options.quorum().map(Quorum::controllerPort).orElse(0), 0));
        return new BrokerPorts(ports.get(0), ports.get(1), ports.get(2));
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
