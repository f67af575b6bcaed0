package org.fedbiot.cli.access;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.cluster.ConnectOptions;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.ScramUsers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Takes a user's password away. */
@Command(
        name = "remove",
        mixinStandardHelpOptions = true,
        description = "Take a user's password away: no new connection is made under that name. One that is open stays"
                + " until it ends; fedbiot acl apply without the name takes away what it may do at once.")
public final class UserRemoveCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConnectOptions connect;

    @Parameters(index = "0", paramLabel = "NAME", description = "The user's name.")
    private String name;

    @Override
    public Integer call() {
        KafkaSettings kafka = connect.kafka();
        try (Admin admin = Admin.create(kafka.admin())) {
            ScramUsers.remove(admin, name);
        } catch (KafkaException e) {
            throw new UserError("user " + name + " on the cluster at " + kafka.bootstrapServers() + ": "
                    + e.getMessage(), e);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(name);
        out.flush();
        return 0;
    }
}
