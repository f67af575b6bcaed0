package org.fedbiot.infra;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;

/**
 * One node's seat in a cluster of several on this machine: every node is broker and controller.
 *
 * @param clusterId the same for all nodes, as {@code kafka-storage random-uuid} gives it
 * @param nodeId this node's
 * @param controllerPorts of every node by its id, this one's too
 */
public record Quorum(String clusterId, int nodeId, SortedMap<Integer, Integer> controllerPorts) {

    /** @throws IllegalArgumentException if the id is none, or this node is not among the nodes */
    public Quorum {
        Uuid.fromString(clusterId);
        controllerPorts = new TreeMap<>(controllerPorts);
        if (!controllerPorts.containsKey(nodeId)) {
            throw new IllegalArgumentException("node " + nodeId + " is not one of the quorum's nodes "
                    + controllerPorts.keySet());
        }
    }

    /** A new cluster's seats, with ids from 1, on ports that are free now. */
    public static List<Quorum> onFreePorts(int nodes) {
        List<Integer> free = Ports.free("Kafka's controller", Collections.nCopies(nodes, 0));
        TreeMap<Integer, Integer> ports = new TreeMap<>();
        for (int node = 1; node <= nodes; node++) {
            ports.put(node, free.get(node - 1));
        }
        String clusterId = Uuid.randomUuid().toString();
        List<Quorum> seats = new ArrayList<>();
        ports.keySet().forEach(node -> seats.add(new Quorum(clusterId, node, ports)));
        return seats;
    }

    /** Copies of every partition: three where there are nodes for it. */
    public short replication() {
        return (short) Math.min(controllerPorts.size(), 3);
    }

    /** As {@code controller.quorum.voters} wants it. */
    String voters(String host) {
        return controllerPorts.entrySet().stream()
                .map(node -> node.getKey() + "@" + host + ":" + node.getValue())
                .collect(Collectors.joining(","));
    }

    int controllerPort() {
        return controllerPorts.get(nodeId);
    }
}
