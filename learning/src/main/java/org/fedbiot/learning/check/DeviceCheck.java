package org.fedbiot.learning.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.check.DeviceFigures.Close;
import org.fedbiot.learning.check.DeviceFigures.Exact;
import org.fedbiot.learning.check.DeviceReport.Row;
import org.fedbiot.learning.torch.ComputeDevice;

/** Holds what a device computes against what the CPU does. Takes a second or so. */
public final class DeviceCheck {
    private final Function<ComputeDevice, DeviceFigures> work;

    public DeviceCheck() {
        this(DeviceWork::on);
    }

    /** @param work gives a device's figures */
    DeviceCheck(Function<ComputeDevice, DeviceFigures> work) {
        this.work = Objects.requireNonNull(work, "work");
    }

    /**
     * Runs the same work on both.
     *
     * @throws BadInputException if the device is not there
     */
    public DeviceReport run(ComputeDevice device) {
        DeviceFigures expected = work.apply(ComputeDevice.CPU);
        DeviceFigures found = work.apply(device);
        List<Row> rows = new ArrayList<>();
        for (Exact figure : Exact.values()) {
            rows.add(new Row(figure.text(), unequal(expected.exact().get(figure), found.exact().get(figure)), 0));
        }
        for (Close figure : Close.values()) {
            rows.add(new Row(figure.text(), distance(expected.close().get(figure), found.close().get(figure)),
                    figure.tolerance()));
        }
        return new DeviceReport(device, rows);
    }

    /**
     * Refuses a device that is not there or does not compute what the CPU does. The CPU itself is not asked.
     *
     * @throws BadInputException with the figures that are wrong
     */
    public void require(ComputeDevice device) {
        if (device.isCpu()) {
            return;
        }
        DeviceReport report = run(device);
        if (!report.passes()) {
            throw new BadInputException("device " + device + " does not compute what the CPU does: "
                    + report.rows().stream().filter(row -> !row.passes())
                            .map(row -> row.figure() + " differ by " + row.difference() + ", at most "
                                    + row.tolerance() + " passes").collect(Collectors.joining("; "))
                    + "; use device cpu, and see fedbiot device check " + device);
        }
    }

    private static double unequal(byte[] expected, byte[] found) {
        if (expected.length != found.length) {
            return 1;
        }
        int different = 0;
        for (int i = 0; i < expected.length; i++) {
            different += expected[i] == found[i] ? 0 : 1;
        }
        return (double) different / expected.length;
    }

    /** No number if one of the values is none. */
    private static double distance(float[] expected, float[] found) {
        if (expected.length != found.length) {
            return Double.NaN;
        }
        double largest = 0;
        double distance = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            distance = Math.max(distance, Math.abs((double) expected[i] - found[i]));
        }
        return distance / largest;
    }
}
