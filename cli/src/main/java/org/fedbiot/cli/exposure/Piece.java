package org.fedbiot.cli.exposure;

import java.util.Objects;

/**
 * Where a chunk's elements belong in a model.
 *
 * @param tensor Hugging Face's name in the full model
 * @param start first element
 * @param end exclusive
 */
record Piece(String tensor, long start, long end) {

    Piece {
        Objects.requireNonNull(tensor, "tensor");
        if (start < 0 || end < start) {
            throw new IllegalArgumentException(tensor + ": elements " + start + " to " + end);
        }
    }
}
