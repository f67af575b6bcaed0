package org.fedbiot.cli.access;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.cluster.ConnectOptions;
import org.fedbiot.cli.output.Output;
import org.fedbiot.cli.settings.SecretVariable;
import org.fedbiot.infra.Secret;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.ScramUsers;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a user, or gives one another password. */
@Command(
        name = "add",
        mixinStandardHelpOptions = true,
        description = "Make a user, or give one that is there another password. Neither the cluster nor any log gets"
                + " to know it. What the user may do is up to fedbiot acl apply.")
public final class UserAddCommand implements Callable<Integer> {

    private static final String OWNER_ONLY = "rw-------";

    @Mixin
    private ConnectOptions connect;

    @Parameters(index = "0", paramLabel = "NAME", description = "The user's name; a client's is its id.")
    private String name;

    @ArgGroup(multiplicity = "1")
    private Password password;

    private static final class Password {

        @Option(names = "--password-variable", paramLabel = "VARIABLE",
                description = "The environment variable that holds the password.")
        private String variable;

        @Option(names = "--to", paramLabel = "FILE",
                description = "Make a password and write it there, for the owner's eyes only; must not be there.")
        private Path file;
    }

    @Mixin
    private Output output;

    /** What was done; the names of its JSON are public. */
    private record Added(String user) {
    }

    @Override
    public Integer call() {
        KafkaSettings kafka = connect.kafka();
        Secret secret = password.file == null ? given(password.variable) : made(password.file);
        try (Admin admin = Admin.create(kafka.admin())) {
            ScramUsers.put(admin, Map.of(name, secret.value()));
        } catch (KafkaException e) {
            throw new UserError("user " + name + " on the cluster at " + kafka.bootstrapServers() + ": "
                    + e.getMessage() + (password.file == null ? "" : "; the cluster may not know the password in "
                    + password.file + ": remove the file and add the user again"), e);
        }
        output.print(new Added(name), () -> List.of(name));
        return 0;
    }

    private static Secret given(String variable) {
        try {
            return new Secret(new SecretVariable(variable).value(System.getenv()));
        } catch (IllegalArgumentException e) {
            throw new UserError("--password-variable: " + e.getMessage(), e);
        }
    }

    private static Secret made(Path file) {
        Secret secret = Secret.random();
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY)));
            Files.writeString(file, secret.value() + "\n");
            return secret;
        } catch (FileAlreadyExistsException e) {
            throw new UserError("--to " + file + ": is there already; a password is never overwritten", e);
        } catch (IOException e) {
            throw new UserError("--to " + file + ": cannot be written: " + e.getMessage(), e);
        }
    }
}
