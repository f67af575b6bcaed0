package org.fedbiot.infra;

import static org.fedbiot.infra.BrokerConfig.CLIENT;
import static org.fedbiot.infra.BrokerConfig.CONTROLLER;
import static org.fedbiot.infra.BrokerConfig.NODE;
import static org.fedbiot.infra.BrokerSecurity.NODE_PRINCIPAL;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/**
 * Listeners of a node whose clients must log in. The nodes meet on two of their own, where nobody but they can log in;
 * these are not encrypted, since an embedded node listens on the loopback interface only.
 */
final class SecuredListeners {

    /** Nothing but a plain CN passes for a user's name: what is escaped or quoted in it keeps its full name. */
    private static final String NAME_FROM_CERTIFICATE = "RULE:^CN=([A-Za-z0-9._-]+)(,.*)?$/$1/,DEFAULT";
    private static final String SCRAM = "SCRAM-SHA-512";

    private SecuredListeners() {
    }

    static Map<String, String> of(BrokerSecurity security, BrokerPorts ports) {
        Map<String, String> config = new HashMap<>();
        config.put("listeners", ports.listeners(CLIENT, NODE, CONTROLLER));
        config.put("advertised.listeners", ports.listeners(CLIENT, NODE));
        config.put("listener.security.protocol.map",
                CLIENT + ":" + security.protocol() + ",NODE:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT");
        config.put("inter.broker.listener.name", NODE);
        config.put("sasl.enabled.mechanisms", "PLAIN");
        config.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
        config.put("sasl.mechanism.controller.protocol", "PLAIN");
        String login = nodeLogin(security.nodePassword(),
                " user_" + NODE_PRINCIPAL + "=" + quoted(security.nodePassword()));
        config.put("listener.name.node.plain.sasl.jaas.config", login);
        config.put("listener.name.controller.plain.sasl.jaas.config", login);
        config.put("listener.name.client.sasl.enabled.mechanisms", SCRAM);
        config.put("listener.name.client.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        config.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        config.put("allow.everyone.if.no.acl.found", "false");
        config.put("super.users", superUsers(security.superUsers()));
        security.tls().ifPresent(files -> files.settings().forEach((key, value) ->
                config.put("listener.name.client." + key, value)));
        if (security.protocol() == SecurityProtocol.SSL) {
            config.put("listener.name.client.ssl.client.auth", "required");
            config.put("ssl.principal.mapping.rules", NAME_FROM_CERTIFICATE);
        }
        return config;
    }

    /** Of a client in this process that is one of the nodes: no ACL binds it. */
    static Map<String, String> nodeClient(BrokerSecurity security, BrokerPorts ports) {
        return Map.of(
                "bootstrap.servers", ports.address(NODE),
                "security.protocol", "SASL_PLAINTEXT",
                "sasl.mechanism", "PLAIN",
                "sasl.jaas.config", nodeLogin(security.nodePassword(), ""));
    }

    /** @param known the users that a listener lets in */
    private static String nodeLogin(Secret password, String known) {
        return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"" + NODE_PRINCIPAL
                + "\" password=" + quoted(password) + known + ";";
    }

    private static String quoted(Secret secret) {
        return "\"" + secret.value().replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private static String superUsers(Set<String> names) {
        Set<String> all = new TreeSet<>(names);
        all.add(NODE_PRINCIPAL);
        return all.stream().map(name -> "User:" + name).collect(Collectors.joining(";"));
    }
}
