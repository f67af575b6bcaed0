package org.fedbiot.learning.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fedbiot.learning.BadInputException;

/**
 * Head of a safetensors file: 8 bytes of length, then JSON, then the data of all tensors without gaps.
 *
 * @param dataStart file position of the first data byte
 */
record SafetensorsHeader(List<Entry> entries, Map<String, String> metadata, long dataStart) {
    static final String METADATA = "__metadata__";
    private static final int LENGTH_BYTES = 8;
    /** The format's own bound. */
    private static final long MAX_HEADER_BYTES = 100_000_000;
    /** Data starts at a multiple of this, so that a mapped tensor is aligned like an allocated one. */
    private static final int ALIGNMENT = 64;
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    /** A tensor and its first data byte, counted from {@link #dataStart}. */
    record Entry(TensorDeclaration tensor, long begin) {
        long end() {
            return begin + tensor.bytes();
        }
    }

    /** Lays tensors out in the given order. */
    static SafetensorsHeader layout(List<TensorDeclaration> tensors, Map<String, String> metadata) {
        List<Entry> entries = new ArrayList<>();
        long begin = 0;
        for (TensorDeclaration tensor : tensors) {
            entries.add(new Entry(tensor, begin));
            begin = Math.addExact(begin, tensor.bytes());
        }
        int jsonBytes = json(entries, metadata).length;
        long dataStart = roundUp(LENGTH_BYTES + jsonBytes);
        return new SafetensorsHeader(List.copyOf(entries), Map.copyOf(metadata), dataStart);
    }

    /** Length, JSON and the spaces that fill up to {@link #dataStart}. */
    ByteBuffer encode() {
        byte[] json = json(entries, metadata);
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(dataStart)).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(dataStart - LENGTH_BYTES).put(json);
        while (out.hasRemaining()) {
            out.put((byte) ' ');
        }
        return out.flip();
    }

    /** @throws BadInputException the file is not safetensors, is truncated, or declares what it does not hold */
    static SafetensorsHeader read(Path file, FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < LENGTH_BYTES) {
            throw new BadInputException(file, "truncated: " + size + " bytes, not even a safetensors header");
        }
        long length = read(channel, 0, LENGTH_BYTES).getLong();
        if (length < 2 || length > MAX_HEADER_BYTES) {
            throw new BadInputException(file, "not a safetensors file: header length " + length);
        }
        if (length > size - LENGTH_BYTES) {
            throw new BadInputException(file, "truncated: header of " + length + " bytes in a file of " + size);
        }
        byte[] json = read(channel, LENGTH_BYTES, (int) length).array();
        return parse(file, json, size - LENGTH_BYTES - length);
    }

    private static ByteBuffer read(FileChannel channel, long position, int bytes) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (out.hasRemaining()) {
            if (channel.read(out, position + out.position()) < 0) {
                throw new IOException("file shrank while it was read");
            }
        }
        return out.flip();
    }

    private static SafetensorsHeader parse(Path file, byte[] json, long dataBytes) throws IOException {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new BadInputException(file, "safetensors header is not JSON: " + e.getOriginalMessage(), e);
        }
        if (!root.isObject()) {
            throw new BadInputException(file, "safetensors header is not a JSON object");
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        List<Entry> entries = new ArrayList<>();
        for (Iterator<Map.Entry<String, JsonNode>> it = root.fields(); it.hasNext(); ) {
            Map.Entry<String, JsonNode> field = it.next();
            if (field.getKey().equals(METADATA)) {
                field.getValue().fields().forEachRemaining(e -> metadata.put(e.getKey(), e.getValue().asText()));
            } else {
                entries.add(entry(file, field.getKey(), field.getValue()));
            }
        }
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long expected = 0;
        for (Entry entry : entries) {
            if (entry.begin() != expected) {
                throw new BadInputException(file, "tensor " + entry.tensor().name() + " starts at byte "
                        + entry.begin() + ", the one before it ends at " + expected);
            }
            expected = entry.end();
            if (expected > dataBytes) {
                throw new BadInputException(file, "truncated: tensor " + entry.tensor().name() + " ends at byte "
                        + expected + " of the data, the file holds " + dataBytes);
            }
        }
        if (expected != dataBytes) {
            throw new BadInputException(file, (dataBytes - expected) + " bytes after the last tensor");
        }
        return new SafetensorsHeader(List.copyOf(entries), Map.copyOf(metadata), LENGTH_BYTES + json.length);
    }

    private static Entry entry(Path file, String name, JsonNode node) {
        String typeName = node.path("dtype").asText();
        ElementType type = ElementType.named(typeName).orElseThrow(() -> new BadInputException(file,
                "tensor " + name + " has dtype " + typeName + "; F32, F16 and BF16 are read"));
        JsonNode offsets = node.path("data_offsets");
        if (!node.path("shape").isArray() || offsets.size() != 2
                || !offsets.get(0).canConvertToLong() || !offsets.get(1).canConvertToLong()) {
            throw new BadInputException(file, "tensor " + name + " has no shape or data_offsets");
        }
        List<Long> shape = new ArrayList<>();
        for (JsonNode size : node.path("shape")) {
            if (!size.isIntegralNumber() || !size.canConvertToLong()) {
                throw new BadInputException(file, "tensor " + name + " has shape " + node.path("shape"));
            }
            shape.add(size.asLong());
        }
        try {
            TensorDeclaration tensor = new TensorDeclaration(name, type, shape);
            long begin = offsets.get(0).asLong();
            long end = offsets.get(1).asLong();
            if (begin < 0 || Math.subtractExact(end, begin) != tensor.bytes()) {
                throw new BadInputException(file, "tensor " + name + " of shape " + shape + " needs " + tensor.bytes()
                        + " bytes, its data_offsets are " + begin + " to " + end);
            }
            return new Entry(tensor, begin);
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw new BadInputException(file, "tensor " + name + " has an impossible shape " + shape, e);
        }
    }

    private static byte[] json(List<Entry> entries, Map<String, String> metadata) {
        ObjectNode root = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode out = root.putObject(METADATA);
            // Sorted: the same content is the same bytes.
            new java.util.TreeMap<>(metadata).forEach(out::put);
        }
        for (Entry entry : entries) {
            ObjectNode out = root.putObject(entry.tensor().name()).put("dtype", entry.tensor().type().name());
            ArrayNode shape = out.putArray("shape");
            entry.tensor().shape().forEach(shape::add);
            out.putArray("data_offsets").add(entry.begin()).add(entry.end());
        }
        return root.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static long roundUp(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
