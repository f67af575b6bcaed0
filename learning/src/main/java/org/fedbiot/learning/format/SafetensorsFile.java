package org.fedbiot.learning.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.fedbiot.learning.BadInputException;

/**
 * One safetensors file, memory-mapped tensor by tensor: opening a file of any size costs its header only. The mappings
 * live as long as a buffer that came from here.
 */
public final class SafetensorsFile implements StoredTensors {
    private final Path file;
    private final Map<String, StoredTensor> tensors;
    private final Map<String, String> metadata;

    private record StoredTensor(TensorDeclaration declaration, ByteBuffer bytes) { }

    private SafetensorsFile(Path file, Map<String, StoredTensor> tensors, Map<String, String> metadata) {
        this.file = file;
        this.tensors = tensors;
        this.metadata = metadata;
    }

    /** @throws BadInputException missing, truncated or malformed file, or a dtype or tensor that cannot be read */
    public static SafetensorsFile open(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new BadInputException(file, "missing");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            SafetensorsHeader header = SafetensorsHeader.read(file, channel);
            Map<String, StoredTensor> tensors = new LinkedHashMap<>();
            for (SafetensorsHeader.Entry entry : header.entries()) {
                TensorDeclaration tensor = entry.tensor();
                ByteBuffer bytes = MappedRange.of(file, channel, "tensor " + tensor.name(),
                        header.dataStart() + entry.begin(), tensor.bytes());
                tensors.put(tensor.name(), new StoredTensor(tensor, bytes));
            }
            return new SafetensorsFile(file, tensors, header.metadata());
        } catch (IOException e) {
            throw new BadInputException(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    /** The file's {@code __metadata__}. */
    public Map<String, String> metadata() {
        return metadata;
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    @Override
    public long[] shape(String name) {
        return tensor(name).declaration().shapeArray();
    }

    public ElementType type(String name) {
        return tensor(name).declaration().type();
    }

    @Override
    public String storedType(String name) {
        return type(name).name();
    }

    @Override
    public ByteBuffer stored(String name) {
        return tensor(name).bytes().duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public ByteBuffer float32(String name) {
        TensorDeclaration declaration = tensor(name).declaration();
        if (declaration.type() == ElementType.F32) {
            return stored(name);
        }
        ByteBuffer out = DirectFloats.allocate(file, name, declaration.elements());
        declaration.type().widen(stored(name), out.asFloatBuffer());
        return out;
    }

    private StoredTensor tensor(String name) {
        StoredTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new BadInputException(file, "no tensor " + name);
        }
        return tensor;
    }
}
