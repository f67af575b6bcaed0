package org.fedbiot.learning.format;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.fedbiot.learning.BadInputException;

/** Reads a JSON file whole, after a look at its size. */
final class SmallFile {
    private SmallFile() { }

    static byte[] read(Path file, long maxBytes) {
        if (!Files.isRegularFile(file)) {
            throw new BadInputException(file, "missing");
        }
        try {
            if (Files.size(file) > maxBytes) {
                throw new BadInputException(file, "larger than " + maxBytes + " bytes, not what its name says");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new BadInputException(file, "cannot be read: " + e.getMessage(), e);
        }
    }
}
