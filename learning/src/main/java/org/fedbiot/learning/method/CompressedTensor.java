package org.fedbiot.learning.method;

import java.nio.ByteBuffer;
import java.util.List;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.model.LlamaWeights;

/**
 * One tensor of a compressed model. Its bytes are made when asked for, so that publishing needs one tensor's copy at a
 * time and not a second model.
 */
public final class CompressedTensor {
    private final String name;
    private final List<Long> shape;
    private final LlamaWeights full;
    private final String fullName;

    CompressedTensor(String name, List<Long> shape, LlamaWeights full, String fullName) {
        this.name = name;
        this.shape = List.copyOf(shape);
        this.full = full;
        this.fullName = fullName;
    }

    /** Hugging Face's name, layers renumbered from 0. */
    public String name() {
        return name;
    }

    /** Element type on the wire: that in which the server holds its weights. */
    public BaseType type() {
        return full.type();
    }

    /** Outermost dimension first. */
    public List<Long> shape() {
        return shape;
    }

    /** A fresh little-endian, row-major copy; the full model must still be open. */
    public ByteBuffer bytes() {
        return full.bytes(fullName);
    }
}
