package org.fedbiot.cli.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.process.ClientKeyFile;
import org.fedbiot.cli.process.ClusterWait;
import org.fedbiot.cli.process.KeyRegisterCommand;
import org.fedbiot.schemas.client.AclChange;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.topic.AccessPlan;
import org.fedbiot.schemas.topic.Role;

/** Who may do what on a local cluster. Until that is written, all but its brokers wait. */
public final class LocalClusterAccess {

    private static final String NO_REGISTRY = "mock://before-access";

    private LocalClusterAccess() {
    }

    /**
     * Waits for the brokers, writes the access rules, waits for the registry, and registers the clients' keys.
     *
     * @throws UserError if the directory is no local cluster's, or the cluster refuses
     */
    public static void prepare(Path directory) {
        KafkaSettings operator = LocalClusterFiles.operator(directory);
        Set<String> clients = clients(directory);
        try {
            await(new KafkaSettings(operator.bootstrapServers(), NO_REGISTRY, operator.overrides()));
            try (Admin admin = Admin.create(operator.admin())) {
                AclChange.between(admin, AccessPlan.of(clients)).apply(admin);
            }
            await(operator);
            clients.forEach(client -> KeyRegisterCommand.register(operator,
                    ClientKeyFile.read(LocalClusterFiles.client(directory, client).resolve("key.json"))));
        } catch (KafkaException e) {
            throw new UserError("cluster at " + operator.bootstrapServers() + ": " + e.getMessage(), e);
        }
    }

    private static void await(KafkaSettings kafka) {
        CountDownLatch never = new CountDownLatch(1);
        boolean there = ClusterWait.await(kafka, Role.OPERATOR, millis -> {
            try {
                return never.await(millis, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return true;
            }
        });
        if (!there) {
            throw new UserError("interrupted before the cluster at " + kafka.bootstrapServers() + " was there");
        }
    }

    private static Set<String> clients(Path directory) {
        Path home = directory.resolve("clients");
        try (Stream<Path> files = Files.list(home)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UserError(home + ": no clients of a local cluster: " + e.getMessage(), e);
        }
    }
}
