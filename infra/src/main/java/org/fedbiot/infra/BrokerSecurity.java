package org.fedbiot.infra;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/**
 * How clients prove who they are to an embedded broker; what each may do then is up to ACLs, and without one it may do
 * nothing.
 *
 * @param protocol of the client listener
 * @param tls the broker's own certificate, and whose word it takes on others'
 * @param users passwords that are set at every start, by name; more can be added later
 * @param superUsers whom no ACL binds
 * @param nodePassword by which the nodes of one cluster know each other, on listeners of their own
 */
public record BrokerSecurity(
        SecurityProtocol protocol,
        Optional<TlsFiles> tls,
        Map<String, Secret> users,
        Set<String> superUsers,
        Secret nodePassword) {

    /** The principal of the nodes themselves; a user or certificate of this name would be one of them. */
    public static final String NODE_PRINCIPAL = "broker";

    public BrokerSecurity {
        users = Map.copyOf(users);
        superUsers = Set.copyOf(superUsers);
        Objects.requireNonNull(nodePassword, "nodePassword");
        boolean encrypted = protocol == SecurityProtocol.SSL || protocol == SecurityProtocol.SASL_SSL;
        if (protocol == SecurityProtocol.PLAINTEXT) {
            throw new IllegalArgumentException("PLAINTEXT secures nothing");
        }
        if (encrypted != tls.isPresent()) {
            throw new IllegalArgumentException(protocol + (encrypted ? " needs" : " has no use for") + " a certificate");
        }
        if (protocol == SecurityProtocol.SSL && !users.isEmpty()) {
            throw new IllegalArgumentException("under SSL a certificate says who somebody is: passwords for "
                    + users.keySet() + " have no use");
        }
        if (users.containsKey(NODE_PRINCIPAL)) {
            throw new IllegalArgumentException("the user name " + NODE_PRINCIPAL + " is the nodes' own");
        }
    }

    /** SCRAM-SHA-512 over an open connection: passwords do not travel, everything else can be read on the way. */
    public static BrokerSecurity passwords(Map<String, Secret> users, String... superUsers) {
        return new BrokerSecurity(SecurityProtocol.SASL_PLAINTEXT, Optional.empty(), users, Set.of(superUsers),
                Secret.random());
    }

    /** SCRAM-SHA-512 over TLS. */
    public static BrokerSecurity passwordsOverTls(TlsFiles tls, Map<String, Secret> users, String... superUsers) {
        return new BrokerSecurity(SecurityProtocol.SASL_SSL, Optional.of(tls), users, Set.of(superUsers),
                Secret.random());
    }

    /** TLS on both sides: whoever has a certificate with CN=x of a trusted authority is User:x. */
    public static BrokerSecurity certificates(TlsFiles tls, String... superUsers) {
        return new BrokerSecurity(SecurityProtocol.SSL, Optional.of(tls), Map.of(), Set.of(superUsers),
                Secret.random());
    }
}
