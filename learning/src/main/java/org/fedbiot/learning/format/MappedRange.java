package org.fedbiot.learning.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.fedbiot.learning.BadInputException;

/** Maps a piece of a file read-only. One tensor is one mapping, so files may be larger than 2 GiB. */
final class MappedRange {
    private MappedRange() { }

    static ByteBuffer of(Path file, FileChannel channel, String what, long position, long bytes) throws IOException {
        if (bytes > Integer.MAX_VALUE) {
            throw new BadInputException(file, what + " has " + bytes + " bytes; at most " + Integer.MAX_VALUE
                    + " for one tensor can be read");
        }
        // A mapping past the end would grow the file or fault at access: refuse first.
        if (position < 0 || bytes < 0 || position > channel.size() - bytes) {
            throw new BadInputException(file, "truncated: " + what + " ends at byte " + (position + bytes)
                    + ", the file has " + channel.size());
        }
        return channel.map(FileChannel.MapMode.READ_ONLY, position, bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
