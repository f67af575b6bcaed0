package org.fedbiot.cli.local;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * Which processes a local cluster has.
 *
 * @param brokers nodes of the Kafka cluster; three can lose one
 * @param clients their ids
 */
public record Layout(int brokers, int aggregators, List<String> clients) {

    public Layout {
        clients = List.copyOf(clients);
        if (brokers < 1 || aggregators < 1) {
            throw new IllegalArgumentException("at least one broker and one aggregator are needed");
        }
        if (clients.isEmpty() || new HashSet<>(clients).size() < clients.size()) {
            throw new IllegalArgumentException("clients are named, each once: " + clients);
        }
    }

    /** All of them; any order of starts will do. */
    List<LocalProcess> processes() {
        List<LocalProcess> all = new ArrayList<>();
        numbered(brokers).forEach(n -> all.add(new LocalProcess("broker-" + n, "broker", LocalProcess.NODE)));
        all.add(new LocalProcess("registry", "registry", "registry"));
        all.add(new LocalProcess("coordinator", "coordinator", "coordinator"));
        numbered(aggregators).forEach(n -> all.add(new LocalProcess("aggregator-" + n, "aggregator", "aggregator")));
        all.add(new LocalProcess("server-1", "worker server", "server-worker"));
        clients.forEach(id -> all.add(new LocalProcess("client-" + id, "worker client", id)));
        return all;
    }

    private static List<Integer> numbered(int count) {
        List<Integer> numbers = new ArrayList<>();
        for (int number = 1; number <= count; number++) {
            numbers.add(number);
        }
        return numbers;
    }
}
