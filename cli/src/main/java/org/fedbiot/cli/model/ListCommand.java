package org.fedbiot.cli.model;

import java.util.List;
import java.util.concurrent.Callable;
import org.fedbiot.cli.output.Output;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says which models have a name. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "List the models that have a name here: the shipped one, those that were pulled, and those that can"
                + " be.")
public final class ListCommand implements Callable<Integer> {

    @Mixin
    private Output output;

    @Override
    public Integer call() {
        List<ModelListing> models = ModelCatalog.names().stream().map(ModelListing::of).toList();
        output.print(models, () -> models.stream().map(ModelListing::line).toList());
        return 0;
    }
}
