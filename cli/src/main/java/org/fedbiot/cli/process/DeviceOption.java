package org.fedbiot.cli.process;

import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.torch.ComputeDevice;
import org.fedbiot.learning.torch.Torch;
import picocli.CommandLine.Option;

/** What a worker computes on. */
final class DeviceOption {

    @Option(names = "--device", defaultValue = "cpu", paramLabel = "DEVICE",
            description = "What it computes on: cpu (default), cuda or cuda:<n>.")
    private String device;

    /**
     * The device, found before anything is connected; whether it computes rightly the worker asks at its start.
     *
     * @throws BadInputException if it is none or not there
     */
    ComputeDevice get() {
        ComputeDevice chosen = ComputeDevice.of(device);
        if (!chosen.isCpu()) {
            Torch.require(chosen);
        }
        return chosen;
    }
}
