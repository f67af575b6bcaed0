package org.fedbiot.learning.torch;

import ai.djl.Device;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.fedbiot.learning.BadInputException;

/**
 * What a process computes on: the CPU, or one CUDA device. Whatever is drawn (first weights, dropout masks, batches) is
 * drawn in Java and copied there, so that it does not depend on this.
 *
 * @param name {@code cpu} or {@code cuda:<n>}
 */
public record ComputeDevice(String name) {
    public static final ComputeDevice CPU = new ComputeDevice("cpu");

    private static final Pattern CUDA = Pattern.compile("cuda:(0|[1-9][0-9]?)");

    public ComputeDevice {
        if (!name.equals("cpu") && !CUDA.matcher(name).matches()) {
            throw new BadInputException("device \"" + name + "\" is none; a device is cpu, cuda or cuda:<n>");
        }
    }

    /**
     * A device as people write it; {@code cuda} is {@code cuda:0}.
     *
     * @throws BadInputException for any other text
     */
    public static ComputeDevice of(String name) {
        return new ComputeDevice(name.equals("cuda") ? "cuda:0" : name);
    }

    public boolean isCpu() {
        return name.equals("cpu");
    }

    Device engineDevice() {
        Matcher cuda = CUDA.matcher(name);
        return cuda.matches() ? Device.gpu(Integer.parseInt(cuda.group(1))) : Device.cpu();
    }

    @Override
    public String toString() {
        return name;
    }
}
