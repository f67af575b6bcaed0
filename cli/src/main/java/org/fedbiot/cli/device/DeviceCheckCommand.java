package org.fedbiot.cli.device;

import java.util.concurrent.Callable;
import org.fedbiot.learning.check.DeviceCheck;
import org.fedbiot.learning.check.DeviceReport;
import org.fedbiot.learning.torch.ComputeDevice;
import org.fedbiot.learning.torch.Torch;
import picocli.CommandLine.Command;
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

    @Override
    public Integer call() {
        ComputeDevice checked = ComputeDevice.of(device);
        DeviceReport report = new DeviceCheck().run(checked);
        System.out.println("libtorch " + Torch.library());
        report.lines().forEach(System.out::println);
        return report.passes() ? 0 : 1;
    }
}
