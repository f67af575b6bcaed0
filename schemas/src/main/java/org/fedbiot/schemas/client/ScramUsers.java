package org.fedbiot.schemas.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;

/** Users of a cluster who log in with a password, by SCRAM-SHA-512: the password itself never reaches the cluster. */
public final class ScramUsers {

    private static final ScramMechanism MECHANISM = ScramMechanism.SCRAM_SHA_512;
    /** As many as Kafka takes: what a stolen metadata log costs to guess from. */
    private static final int ITERATIONS = 16384;

    private ScramUsers() {
    }

    /**
     * Makes users, or gives those that are there another password. Connections that are open stay so.
     *
     * @param passwords by name
     * @throws org.apache.kafka.common.KafkaException if the broker refuses or does not answer
     */
    public static void put(Admin admin, Map<String, String> passwords) {
        List<UserScramCredentialAlteration> changes = new ArrayList<>();
        new TreeMap<>(passwords).forEach((name, password) -> changes.add(new UserScramCredentialUpsertion(name,
                new ScramCredentialInfo(MECHANISM, ITERATIONS), password)));
        alter(admin, "set the passwords of " + passwords.keySet(), changes);
    }

    /**
     * Takes a user's password away, so that no new connection is made under that name.
     *
     * @throws org.apache.kafka.common.KafkaException if there is no such user, or the broker refuses or does not answer
     */
    public static void remove(Admin admin, String name) {
        alter(admin, "remove user " + name, List.of(new UserScramCredentialDeletion(name, MECHANISM)));
    }

    private static void alter(Admin admin, String what, List<UserScramCredentialAlteration> changes) {
        if (!changes.isEmpty()) {
            Answers.await(what, admin.alterUserScramCredentials(changes).all());
        }
    }
}
