package org.fedbiot.cli.access;

import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.cluster.ConnectOptions;
import org.fedbiot.cli.output.Output;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.ScramUsers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Takes a user's password away. */
@Command(
        name = "remove",
        mixinStandardHelpOptions = true,
        description = "Take a user's password away: no new connection is made under that name. One that is open stays"
                + " until it ends; fedbiot acl apply without the name takes away what it may do at once.")
public final class UserRemoveCommand implements Callable<Integer> {

    @Mixin
    private ConnectOptions connect;

    @Parameters(index = "0", paramLabel = "NAME", description = "The user's name.")
    private String name;

    @Mixin
    private Output output;

    /** What was done; the names of its JSON are public. */
    private record Removed(String user) {
    }

    @Override
    public Integer call() {
        KafkaSettings kafka = connect.kafka();
        try (Admin admin = Admin.create(kafka.admin())) {
            ScramUsers.remove(admin, name);
        } catch (KafkaException e) {
            throw new UserError("user " + name + " on the cluster at " + kafka.bootstrapServers() + ": "
                    + e.getMessage(), e);
        }
        output.print(new Removed(name), () -> List.of(name));
        return 0;
    }
}
