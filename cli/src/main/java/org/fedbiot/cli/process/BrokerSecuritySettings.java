package org.fedbiot.cli.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.fedbiot.cli.settings.DefaultValue;
import org.fedbiot.cli.settings.MustExist;
import org.fedbiot.cli.settings.SecretVariable;
import org.fedbiot.infra.BrokerSecurity;
import org.fedbiot.infra.Secret;
import org.fedbiot.infra.TlsFiles;

/**
 * How clients prove to an embedded broker who they are. What each may do then is up to ACLs.
 *
 * @param protocol SASL_SSL (a password over TLS), SSL (certificates on both sides) or SASL_PLAINTEXT
 * @param truststore PEM file of the authorities whose word it takes
 * @param keystore PEM file with its own key and certificate chain
 * @param users variables with their passwords, by name; set anew at every start
 * @param superUsers whom no ACL binds
 * @param nodePasswordVariable by which the nodes of one cluster know each other; a node alone makes its own
 */
record BrokerSecuritySettings(
        SecurityProtocol protocol,
        @MustExist Optional<Path> truststore,
        @MustExist Optional<Path> keystore,
        Optional<SecretVariable> keyPasswordVariable,
        Map<String, SecretVariable> users,
        @DefaultValue("[]") List<String> superUsers,
        Optional<SecretVariable> nodePasswordVariable) {

    BrokerSecuritySettings {
        users = Map.copyOf(users);
        superUsers = List.copyOf(superUsers);
        if (protocol == SecurityProtocol.PLAINTEXT) {
            throw new IllegalArgumentException("protocol PLAINTEXT secures nothing: leave the section out");
        }
        boolean encrypted = protocol != SecurityProtocol.SASL_PLAINTEXT;
        if (encrypted != truststore.isPresent() || encrypted != keystore.isPresent()) {
            throw new IllegalArgumentException(protocol + (encrypted ? " needs" : " has no use for")
                    + " truststore and keystore");
        }
        if (protocol == SecurityProtocol.SSL && !users.isEmpty()) {
            throw new IllegalArgumentException("SSL has no use for users: a certificate says who comes");
        }
        if (users.containsKey(BrokerSecurity.NODE_PRINCIPAL)) {
            throw new IllegalArgumentException("users: the name " + BrokerSecurity.NODE_PRINCIPAL
                    + " is the nodes' own");
        }
    }

    /** @throws IllegalArgumentException if a secret's variable is not set, or a file is not there */
    BrokerSecurity locks(Map<String, String> environment) {
        Map<String, Secret> passwords = new TreeMap<>();
        users.forEach((name, variable) -> passwords.put(name, secret(variable, environment)));
        return new BrokerSecurity(protocol,
                keystore.map(file -> new TlsFiles(file, truststore.orElseThrow(),
                        keyPasswordVariable.map(variable -> secret(variable, environment)))),
                passwords, Set.copyOf(superUsers),
                nodePasswordVariable.map(variable -> secret(variable, environment)).orElseGet(Secret::random));
    }

    /** @throws IllegalArgumentException if a secret's variable is not set */
    Map<String, Secret> superUserPasswords(Map<String, String> environment) {
        Map<String, Secret> passwords = new TreeMap<>();
        superUsers.stream().filter(users::containsKey)
                .forEach(name -> passwords.put(name, secret(users.get(name), environment)));
        return passwords;
    }

    private static Secret secret(SecretVariable variable, Map<String, String> environment) {
        return new Secret(variable.value(environment));
    }
}
