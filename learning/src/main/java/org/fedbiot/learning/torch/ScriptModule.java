package org.fedbiot.learning.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript module made from source text. It reaches the operators that the Java binding does not expose, and
 * stays differentiable: calls go the training way, since the inference way gives tensors that autograd refuses.
 */
final class ScriptModule {
    private final NDManager manager;
    private final PtSymbolBlock block;
    private final Map<String, NDArray> selectors = new ConcurrentHashMap<>();

    /** @param methods TorchScript method definitions, each indented by two blanks; the manager owns the module */
    ScriptModule(NDManager manager, String methods) {
        this.manager = manager;
        try {
            this.block = JniUtils.loadModule((PtNDManager) manager, new ByteArrayInputStream(archive(methods)), false, false);
        } catch (IOException e) {
            throw new UncheckedIOException("The scripted primitives could not be loaded", e);
        }
    }

    /** Calls a method; the result belongs to the manager of the first input. */
    NDArray call(String method, NDArray... inputs) {
        NDList list = new NDList(inputs.length + 1);
        for (NDArray input : inputs) {
            list.add(input);
        }
        list.add(selectors.computeIfAbsent(method, this::selector));
        return IValueUtils.forward(block, list, true).singletonOrThrow();
    }

    /** The binding picks a method by the name of an otherwise unused array. */
    private NDArray selector(String method) {
        NDArray array = Constants.outOfScope(() -> manager.zeros(new Shape(1), DataType.FLOAT32));
        array.setName("module_method:" + method);
        return array;
    }

    private static byte[] archive(String methods) throws IOException {
        String code = """
                class M(Module):
                  __parameters__ = []
                  __buffers__ = []
                  training : bool
                """ + methods;
        // Protocol 2 pickles: an object of class M with {training: True}, and an empty tuple of constants.
        byte[] data = bytes("\u0080\u0002c__torch__\nM\n)\u0081}X\b\0\0\0training\u0088sb.");
        byte[] constants = bytes("\u0080\u0002).");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            store(zip, "m/data.pkl", data);
            store(zip, "m/code/__torch__.py", code.getBytes(StandardCharsets.UTF_8));
            store(zip, "m/constants.pkl", constants);
            store(zip, "m/version", bytes("10\n"));
            store(zip, "m/byteorder", bytes("little"));
        }
        return out.toByteArray();
    }

    private static byte[] bytes(String latin) {
        return latin.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
