package org.fedbiot.cli.local;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.fedbiot.infra.Secret;

/** Every principal's password, and what each process gets to know of them in its environment. */
final class Passwords {

    /** The variable of a process' own. */
    static final String OWN = "FEDBIOT_PASSWORD";
    /** The variable by which brokers know each other. */
    static final String NODES = "FEDBIOT_NODE_PASSWORD";

    private final Map<String, Secret> byPrincipal = new TreeMap<>();
    private final Secret nodes = Secret.random();

    Passwords(List<String> principals) {
        principals.forEach(principal -> byPrincipal.put(principal, Secret.random()));
    }

    /** The variable in which a broker finds a principal's. */
    static String variable(String principal) {
        return "FEDBIOT_PASSWORD_OF_" + principal.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }

    /** Lines of {@code NAME=value}, for a file that its owner alone reads. */
    List<String> environment(LocalProcess process) {
        if (!process.isBroker()) {
            return own(process.principal());
        }
        List<String> lines = new ArrayList<>();
        lines.add(NODES + "=" + nodes.value());
        byPrincipal.forEach((principal, password) -> lines.add(variable(principal) + "=" + password.value()));
        return lines;
    }

    List<String> own(String principal) {
        return List.of(OWN + "=" + byPrincipal.get(principal).value());
    }
}
