package org.fedbiot.cli.access;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclBinding;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.cluster.ConnectOptions;
import org.fedbiot.cli.output.Output;
import org.fedbiot.schemas.client.AclChange;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.topic.AccessPlan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Brings a cluster's access rules to what a federation needs. */
@Command(
        name = "apply",
        mixinStandardHelpOptions = true,
        description = "Add the access rules that are missing on a cluster, and remove those on resources named"
                + " fedbiot.* or fedbiot-* that nobody should have; all others are left alone. The user must be one"
                + " that may alter the cluster.")
public final class AclApplyCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    private ConnectOptions connect;

    @Mixin
    private PrincipalOptions principals;

    @Option(names = "--dry-run", description = "Say what would be done, and do nothing.")
    private boolean dryRun;

    @Mixin
    private Output output;

    @Override
    public Integer call() {
        AccessPlan plan = principals.plan();
        KafkaSettings kafka = connect.kafka();
        try (Admin admin = Admin.create(kafka.admin())) {
            AclChange change = AclChange.between(admin, plan);
            if (!dryRun) {
                change.apply(admin);
            }
            report(change);
            return 0;
        } catch (KafkaException e) {
            throw new UserError("access rules of the cluster at " + kafka.bootstrapServers() + ": " + e.getMessage(),
                    e);
        }
    }

    private void report(AclChange change) {
        ObjectNode answer = JSON.createObjectNode().put("dryRun", dryRun);
        answer.set("added", AclTable.json(change.added()));
        answer.set("removed", AclTable.json(change.removed()));
        answer.set("wider", AclTable.json(change.wider()));
        output.print(answer, () -> {
            List<String> lines = new ArrayList<>(list(dryRun ? "would add" : "added", change.added()));
            lines.addAll(list(dryRun ? "would remove" : "removed", change.removed()));
            lines.addAll(list("left alone, though they reach our resources:", change.wider()));
            return lines;
        });
    }

    private static List<String> list(String what, List<AclBinding> rules) {
        List<String> lines = new ArrayList<>(List.of(what + " " + rules.size()));
        if (!rules.isEmpty()) {
            AclTable.lines(rules).forEach(line -> lines.add("  " + line));
        }
        return lines;
    }
}
