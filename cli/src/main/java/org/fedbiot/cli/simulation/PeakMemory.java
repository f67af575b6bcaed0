package org.fedbiot.cli.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The largest resident size that this process ever had: heap, native tensors and mapped files together. */
final class PeakMemory {

    private static final Path STATUS = Path.of("/proc/self/status");

    private PeakMemory() {
    }

    /** @return bytes, or 0 where the system does not tell */
    static long bytes() {
        if (!Files.isReadable(STATUS)) {
            return 0;
        }
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
                }
            }
            return 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
