package org.fedbiot.cli.process;

import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.torch.ComputeDevice;
import org.fedbiot.learning.torch.Torch;

/** What a worker computes on, as its file says. */
final class ChosenDevice {

    private ChosenDevice() {
    }

    /** @throws IllegalArgumentException if the text names no device, there or not */
    static void requireName(String device) {
        try {
            ComputeDevice.of(device);
        } catch (BadInputException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /**
     * The device, found before anything is connected; whether it computes rightly the worker asks at its start.
     *
     * @throws BadInputException if it is none or not there
     */
    static ComputeDevice find(String device) {
        ComputeDevice chosen = ComputeDevice.of(device);
        if (!chosen.isCpu()) {
            Torch.require(chosen);
        }
        return chosen;
    }
}
