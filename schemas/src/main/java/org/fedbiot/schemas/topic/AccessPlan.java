package org.fedbiot.schemas.topic;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.acl.AclBinding;

/**
 * Who may do what on a cluster.
 *
 * @param principals users' names by role; a client's name is its id
 */
public record AccessPlan(Map<Role, Set<String>> principals) {

    private static final String NAME = "[A-Za-z0-9._-]{1,64}";

    /** The names that the server's processes have where nobody gave them others. */
    private static final Map<Role, String> USUAL = Map.of(
            Role.COORDINATOR, "coordinator",
            Role.AGGREGATOR, "aggregator",
            Role.SERVER_WORKER, "server-worker",
            Role.OPERATOR, "operator",
            Role.REGISTRY, "registry");

    /**
     * @throws IllegalArgumentException if a name could be read as more than a name, or a client is somebody else as
     *     well: it could then read what its role keeps from it
     */
    public AccessPlan {
        Map<Role, Set<String>> copy = new EnumMap<>(Role.class);
        for (Role role : Role.values()) {
            copy.put(role, Set.copyOf(principals.getOrDefault(role, Set.of())));
        }
        principals = copy;
        principals.forEach((role, names) -> names.forEach(name -> {
            if (!name.matches(NAME)) {
                throw new IllegalArgumentException("the user name \"" + name + "\" of a " + role + " does not match "
                        + NAME);
            }
            if (role != Role.CLIENT && copy.get(Role.CLIENT).contains(name)) {
                throw new IllegalArgumentException("client " + name + " has the name of a " + role
                        + ": as one it could read what is kept from clients");
            }
        }));
    }

    /** The usual names, and these clients. */
    public static AccessPlan of(Set<String> clients) {
        Map<Role, Set<String>> principals = new EnumMap<>(Role.class);
        USUAL.forEach((role, name) -> principals.put(role, Set.of(name)));
        principals.put(Role.CLIENT, clients);
        return new AccessPlan(principals);
    }

    /** Every rule, by role and principal. */
    public List<AclBinding> rules() {
        Set<AclBinding> rules = new LinkedHashSet<>();
        new TreeMap<>(principals).forEach((role, names) ->
                names.stream().sorted().forEach(name -> rules.addAll(AccessRules.of(role, name))));
        return new ArrayList<>(rules);
    }
}
