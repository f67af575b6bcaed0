package org.fedbiot.cli.process;

import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.fedbiot.infra.Quorum;

/**
 * A broker's place among several nodes on this machine.
 *
 * @param id this node's number
 * @param clusterId the same for all nodes
 * @param controllerPorts of every node by its id, this one's too
 */
record NodeSettings(int id, String clusterId, Map<String, Integer> controllerPorts) {

    NodeSettings {
        controllerPorts = Map.copyOf(controllerPorts);
        try {
            Uuid.fromString(clusterId);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("clusterId is no Kafka id: " + e.getMessage(), e);
        }
        controllerPorts.forEach((node, port) -> {
            if (!node.matches("[0-9]{1,9}")) {
                throw new IllegalArgumentException("controllerPorts names nodes by number, not by " + node);
            }
            ProcessSettings.requirePort("controllerPorts." + node, port);
        });
        if (!controllerPorts.containsKey(Integer.toString(id))) {
            throw new IllegalArgumentException("controllerPorts does not name this node, " + id);
        }
    }

    Quorum quorum() {
        TreeMap<Integer, Integer> ports = new TreeMap<>();
        controllerPorts.forEach((node, port) -> ports.put(Integer.valueOf(node), port));
        return new Quorum(clusterId, id, ports);
    }
}
