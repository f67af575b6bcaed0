package org.fedbiot.learning.format;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.fedbiot.learning.BadInputException;

/**
 * Head of a GGUF file, versions 2 and 3, little-endian: metadata and the table of tensors under the file's own names.
 *
 * @param dataStart file position that tensor offsets count from
 */
record GgufHeader(Map<String, Object> metadata, Map<String, GgufTensor> tensors, long dataStart) {
    private static final long MAGIC = 0x46554747;
    private static final long MAX_ENTRIES = 1 << 20;
    private static final int MAX_DIMENSIONS = 4;
    private static final long DEFAULT_ALIGNMENT = 32;

    /**
     * @param shape outermost dimension first: the file lists it the other way round
     * @param offset of the first byte from {@link GgufHeader#dataStart}
     */
    record GgufTensor(String name, GgmlType type, long[] shape, long offset) {
        long rows() {
            long rows = 1;
            for (int i = 0; i < shape.length - 1; i++) {
                rows *= shape[i];
            }
            return rows;
        }

        long rowElements() {
            return shape[shape.length - 1];
        }

        long rowBytes() {
            return rowElements() / type.elements() * type.bytes();
        }

        long bytes() {
            return Math.multiplyExact(rows(), rowBytes());
        }

        long elements() {
            return Math.multiplyExact(rows(), rowElements());
        }
    }

    /** @throws BadInputException not GGUF, truncated, or of a version or tensor type that is not read here */
    static GgufHeader read(Path file, FileChannel channel) throws IOException {
        GgufInput in = new GgufInput(file, channel);
        if (in.remaining() < 24 || in.uint32() != MAGIC) {
            throw new BadInputException(file, "not a GGUF file");
        }
        long version = in.uint32();
        if (version != 2 && version != 3) {
            throw new BadInputException(file, "GGUF version " + (version > 0xffff
                    ? "of a big-endian file" : version) + "; little-endian versions 2 and 3 are read");
        }
        long tensorCount = in.count("tensor count", MAX_ENTRIES);
        long keyCount = in.count("key count", MAX_ENTRIES);
        Map<String, Object> metadata = new LinkedHashMap<>();
        for (long i = 0; i < keyCount; i++) {
            String key = in.string("a key's name");
            if (metadata.put(key, in.value(in.uint32(), key)) != null) {
                throw new BadInputException(file, "damaged GGUF: key " + key + " stands twice");
            }
        }
        Map<String, GgufTensor> tensors = new LinkedHashMap<>();
        for (long i = 0; i < tensorCount; i++) {
            GgufTensor tensor = tensor(file, in);
            if (tensors.put(tensor.name(), tensor) != null) {
                throw new BadInputException(file, "damaged GGUF: tensor " + tensor.name() + " stands twice");
            }
        }
        long alignment = metadata.get("general.alignment") instanceof Long given ? given : DEFAULT_ALIGNMENT;
        if (alignment < 1 || alignment > 1 << 20) {
            throw new BadInputException(file, "damaged GGUF: key general.alignment is " + alignment);
        }
        long dataStart = (in.position() + alignment - 1) / alignment * alignment;
        return new GgufHeader(Collections.unmodifiableMap(metadata), Collections.unmodifiableMap(tensors), dataStart);
    }

    private static GgufTensor tensor(Path file, GgufInput in) throws IOException {
        String name = in.string("a tensor's name");
        long dimensions = in.uint32();
        if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
            throw new BadInputException(file, "damaged GGUF: tensor " + name + " has " + dimensions + " dimensions");
        }
        long[] shape = new long[(int) dimensions];
        long elements = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            shape[i] = in.count("a size of tensor " + name, 1L << 40);
            if (shape[i] != 0 && elements > (1L << 40) / shape[i]) {
                throw new BadInputException(file, "damaged GGUF: tensor " + name + " is impossibly large");
            }
            elements *= shape[i];
        }
        long typeId = in.uint32();
        GgmlType type = GgmlType.of(typeId).orElseThrow(() -> new BadInputException(file, "tensor " + name
                + " is stored as " + GgmlType.nameOf(typeId) + "; F32, F16, BF16, Q8_0, Q4_0, Q4_1 and Q6_K are read"));
        if (shape[shape.length - 1] % type.elements() != 0) {
            throw new BadInputException(file, "damaged GGUF: rows of tensor " + name + " have "
                    + shape[shape.length - 1] + " elements, no multiple of " + type.elements());
        }
        return new GgufTensor(name, type, shape, in.count("offset of tensor " + name, Long.MAX_VALUE >> 1));
    }
}
