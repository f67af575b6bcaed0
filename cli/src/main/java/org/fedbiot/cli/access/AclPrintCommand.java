package org.fedbiot.cli.access;

import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.common.acl.AclBinding;
import org.fedbiot.cli.output.Output;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows the access rules of a federation. */
@Command(
        name = "print",
        mixinStandardHelpOptions = true,
        description = "Print what everybody may do; asks no cluster.")
public final class AclPrintCommand implements Callable<Integer> {

    @Mixin
    private PrincipalOptions principals;

    @Mixin
    private Output output;

    @Override
    public Integer call() {
        List<AclBinding> rules = principals.plan().rules();
        output.print(AclTable.json(rules), () -> AclTable.lines(rules));
        return 0;
    }
}
