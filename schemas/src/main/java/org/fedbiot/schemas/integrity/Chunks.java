package org.fedbiot.schemas.integrity;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Cuts any bytes for content-addressed transport. */
public final class Chunks {

    private Chunks() {
    }

    /**
     * Views of the bytes from position to limit, each of at most {@code maxBytes}; none where there are no bytes. They
     * share the buffer's memory and are valid as long as it is; its position stays where it was.
     */
    public static List<ByteBuffer> cut(ByteBuffer bytes, int maxBytes) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes must be positive, not " + maxBytes);
        }
        List<ByteBuffer> chunks = new ArrayList<>();
        int at = bytes.position();
        while (at < bytes.limit()) {
            int size = Math.min(maxBytes, bytes.limit() - at);
            chunks.add(bytes.slice(at, size));
            at += size;
        }
        return List.copyOf(chunks);
    }
}
