package org.fedbiot.cli.device;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.fedbiot.cli.output.Output;
import org.fedbiot.learning.check.DeviceCheck;
import org.fedbiot.learning.check.DeviceReport;
import org.fedbiot.learning.torch.ComputeDevice;
import org.fedbiot.learning.torch.Torch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Holds a device against the CPU, as a worker does before it takes tasks on it. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Hold what a device computes against the CPU: types, logits, LoRA gradients, an optimiser's step.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:all within the tolerances that are printed", "1:not, or the device is not there"})
public final class DeviceCheckCommand implements Callable<Integer> {

    @Parameters(index = "0", arity = "0..1", defaultValue = "cpu", paramLabel = "DEVICE",
            description = "cpu (default), cuda or cuda:<n>.")
    private String device;

    @Mixin
    private Output output;

    /**
     * What came of it; the names of its JSON are public.
     *
     * @param checks as sentences
     */
    private record Checked(String device, String libtorch, boolean passes, List<String> checks) {

        List<String> table() {
            return Stream.concat(Stream.of("libtorch " + libtorch), checks.stream()).toList();
        }
    }

    @Override
    public Integer call() {
        ComputeDevice checked = ComputeDevice.of(device);
        DeviceReport report = new DeviceCheck().run(checked);
        Checked result = new Checked(device, Torch.library(), report.passes(), report.lines());
        output.print(result, result::table);
        return report.passes() ? 0 : 1;
    }
}
