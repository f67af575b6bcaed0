package org.fedbiot.cli.access;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.fedbiot.cli.settings.DefaultValue;
import org.fedbiot.schemas.topic.AccessPlan;
import org.fedbiot.schemas.topic.Role;

/** Who is who on a cluster, as a file: names of users by role. A client's name is its id. */
record PrincipalSettings(
        @DefaultValue("[coordinator]") List<String> coordinators,
        @DefaultValue("[aggregator]") List<String> aggregators,
        @DefaultValue("[server-worker]") List<String> serverWorkers,
        @DefaultValue("[operator]") List<String> operators,
        @DefaultValue("[registry]") List<String> registries,
        @DefaultValue("[]") List<String> clients) {

    /** @throws IllegalArgumentException if a name cannot be one, or a client's is somebody else's as well */
    PrincipalSettings {
        plan(coordinators, aggregators, serverWorkers, operators, registries, clients);
    }

    AccessPlan plan() {
        return plan(coordinators, aggregators, serverWorkers, operators, registries, clients);
    }

    private static AccessPlan plan(List<String> coordinators, List<String> aggregators, List<String> serverWorkers,
            List<String> operators, List<String> registries, List<String> clients) {
        Map<Role, Set<String>> principals = new EnumMap<>(Role.class);
        principals.put(Role.COORDINATOR, Set.copyOf(coordinators));
        principals.put(Role.AGGREGATOR, Set.copyOf(aggregators));
        principals.put(Role.SERVER_WORKER, Set.copyOf(serverWorkers));
        principals.put(Role.OPERATOR, Set.copyOf(operators));
        principals.put(Role.REGISTRY, Set.copyOf(registries));
        principals.put(Role.CLIENT, Set.copyOf(clients));
        return new AccessPlan(principals);
    }
}
