package org.fedbiot.cli.access;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.common.acl.AclBinding;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the access rules of a federation. */
@Command(
        name = "print",
        mixinStandardHelpOptions = true,
        description = "Print what everybody may do; asks no cluster.")
public final class AclPrintCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private PrincipalOptions principals;

    @Option(names = "--format", defaultValue = "text", description = "text or json (default: ${DEFAULT-VALUE}).")
    private OutputFormat format;

    @Override
    public Integer call() {
        List<AclBinding> rules = principals.plan().rules();
        PrintWriter out = spec.commandLine().getOut();
        if (format == OutputFormat.JSON) {
            out.println(AclTable.json(rules).toPrettyString());
        } else {
            AclTable.lines(rules).forEach(out::println);
        }
        out.flush();
        return 0;
    }
}
