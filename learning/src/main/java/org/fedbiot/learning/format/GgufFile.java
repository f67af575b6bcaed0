package org.fedbiot.learning.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.format.GgufHeader.GgufTensor;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.text.TokenizerFiles;

/**
 * A LLaMA model in a GGUF file, under the names and in the row order of Hugging Face. Tensors are mapped one by one and
 * widened to fp32 when asked for.
 *
 * <p>The format stores the rows of the query and key matrices with each head's rotation pairs interleaved; here they
 * stand as the half-split rotation needs them ({@code real-model}, traps).
 */
final class GgufFile implements StoredTensors {
    private final Path file;
    private final GgufMetadata metadata;
    private final LlamaConfig config;
    private final Map<String, Mapped> tensors;

    private record Mapped(GgufTensor tensor, ByteBuffer bytes, int permutedHeads) { }

    private GgufFile(Path file, GgufMetadata metadata, LlamaConfig config, Map<String, Mapped> tensors) {
        this.file = file;
        this.metadata = metadata;
        this.config = config;
        this.tensors = tensors;
    }

    /** @throws BadInputException missing, truncated or damaged file, or a key, type or tensor that is not honoured */
    public static GgufFile open(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new BadInputException(file, "missing");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            GgufHeader header = GgufHeader.read(file, channel);
            GgufMetadata metadata = new GgufMetadata(file, header.metadata());
            LlamaConfig config = GgufConfig.of(metadata, header.tensors());
            Map<String, Mapped> tensors = new LinkedHashMap<>();
            for (GgufTensor tensor : header.tensors().values()) {
                String name = GgufNames.huggingFace(tensor.name()).orElseThrow(() -> new BadInputException(file,
                        "tensor " + tensor.name() + " has no place in this model code"));
                ByteBuffer bytes = MappedRange.of(file, channel, "tensor " + tensor.name(),
                        header.dataStart() + tensor.offset(), tensor.bytes());
                tensors.put(name, new Mapped(tensor, bytes, permutedHeads(name, config)));
            }
            return new GgufFile(file, metadata, config, tensors);
        } catch (IOException e) {
            throw new BadInputException(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    private static int permutedHeads(String name, LlamaConfig config) {
        if (name.endsWith("self_attn.q_proj.weight")) {
            return config.heads();
        }
        return name.endsWith("self_attn.k_proj.weight") ? config.keyValueHeads() : 0;
    }

    public LlamaConfig config() {
        return config;
    }

    /** The file's own tokenizer in Hugging Face's layout. */
    public TokenizerFiles tokenizerFiles() {
        return GgufTokenizer.of(metadata, config.contextLength());
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    @Override
    public long[] shape(String name) {
        return mapped(name).tensor().shape().clone();
    }

    @Override
    public String storedType(String name) {
        return mapped(name).tensor().type().name();
    }

    /** As they stand in the file: query and key rows in the file's order. */
    @Override
    public ByteBuffer stored(String name) {
        return mapped(name).bytes().duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public ByteBuffer float32(String name) {
        Mapped mapped = mapped(name);
        GgufTensor tensor = mapped.tensor();
        if (tensor.type() == GgmlType.F32 && mapped.permutedHeads() == 0) {
            return stored(name);
        }
        ByteBuffer out = DirectFloats.allocate(file, name, tensor.elements());
        FloatBuffer floats = out.asFloatBuffer();
        if (mapped.permutedHeads() == 0) {
            tensor.type().dequantise(stored(name), floats);
        } else {
            halfSplitRows(mapped, stored(name), floats);
        }
        return out;
    }

    /** Row c·(D/2)+p of a head of D rows is the file's row 2p+c of that head. */
    private static void halfSplitRows(Mapped mapped, ByteBuffer stored, FloatBuffer out) {
        GgufTensor tensor = mapped.tensor();
        int headRows = Math.toIntExact(tensor.rows() / mapped.permutedHeads());
        int rowBytes = Math.toIntExact(tensor.rowBytes());
        for (int row = 0; row < tensor.rows(); row++) {
            int inHead = row % headRows;
            int from = row - inHead + 2 * (inHead % (headRows / 2)) + inHead / (headRows / 2);
            tensor.type().dequantise(stored.slice(from * rowBytes, rowBytes), out);
        }
    }

    private Mapped mapped(String name) {
        Mapped mapped = tensors.get(name);
        if (mapped == null) {
            throw new BadInputException(file, "no tensor " + name);
        }
        return mapped;
    }
}
