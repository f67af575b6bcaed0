package org.fedbiot.cli.access;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.settings.RecordSettings;
import org.fedbiot.cli.settings.SettingsSource;
import org.fedbiot.schemas.topic.AccessPlan;
import picocli.CommandLine.Option;

/** Whom access rules are for. */
final class PrincipalOptions {

    @Option(names = "--client", paramLabel = "ID", description = "A client, which is the user of that name. Repeatable;"
            + " the server's users have their usual names.")
    private List<String> clients = new ArrayList<>();

    @Option(names = "--principals", paramLabel = "FILE", description = "YAML with the users of each role: coordinators,"
            + " aggregators, serverWorkers, operators, registries, clients; all but clients have usual names.")
    private Path file;

    /** @throws UserError if nobody is named, or a name cannot be used */
    AccessPlan plan() {
        if ((file == null) == clients.isEmpty()) {
            throw new UserError("who? name every client with --client, or everybody in a file with --principals");
        }
        try {
            return file == null
                    ? AccessPlan.of(Set.copyOf(clients))
                    : RecordSettings.read(PrincipalSettings.class, SettingsSource.of(Optional.of(file), Map.of()))
                            .plan();
        } catch (IllegalArgumentException e) {
            throw new UserError(e.getMessage(), e);
        }
    }
}
