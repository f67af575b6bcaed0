package org.fedbiot.cli.model;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fedbiot.learning.model.LlamaConfig;

/** A GGUF file of a one-layer model, all weights zero, its vocabulary the first letters. */
final class TinyGguf {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private TinyGguf() { }

    static byte[] bytes(LlamaConfig shape) {
        return new TinyGguf().write(shape);
    }

    private byte[] write(LlamaConfig shape) {
        int keySize = shape.keyValueHeads() * shape.headSize();
        Map<String, int[]> tensors = new LinkedHashMap<>();
        tensors.put("token_embd.weight", new int[] {shape.hiddenSize(), shape.vocabularySize()});
        tensors.put("output_norm.weight", new int[] {shape.hiddenSize()});
        for (String norm : List.of("attn_norm", "ffn_norm")) {
            tensors.put("blk.0." + norm + ".weight", new int[] {shape.hiddenSize()});
        }
        tensors.put("blk.0.attn_q.weight", new int[] {shape.hiddenSize(), shape.heads() * shape.headSize()});
        tensors.put("blk.0.attn_k.weight", new int[] {shape.hiddenSize(), keySize});
        tensors.put("blk.0.attn_v.weight", new int[] {shape.hiddenSize(), keySize});
        tensors.put("blk.0.attn_output.weight", new int[] {shape.heads() * shape.headSize(), shape.hiddenSize()});
        tensors.put("blk.0.ffn_gate.weight", new int[] {shape.hiddenSize(), shape.intermediateSize()});
        tensors.put("blk.0.ffn_up.weight", new int[] {shape.hiddenSize(), shape.intermediateSize()});
        tensors.put("blk.0.ffn_down.weight", new int[] {shape.intermediateSize(), shape.hiddenSize()});

        number(4, 0x46554747);
        number(4, 3);
        number(8, tensors.size());
        number(8, 14);
        textKey("general.architecture", "llama");
        numberKey("llama.context_length", shape.contextLength());
        numberKey("llama.embedding_length", shape.hiddenSize());
        numberKey("llama.block_count", shape.layers());
        numberKey("llama.feed_forward_length", shape.intermediateSize());
        numberKey("llama.attention.head_count", shape.heads());
        numberKey("llama.attention.head_count_kv", shape.keyValueHeads());
        key("llama.attention.layer_norm_rms_epsilon", 6);
        number(4, Float.floatToIntBits(1e-5f));
        textKey("tokenizer.ggml.model", "gpt2");
        textKey("tokenizer.ggml.pre", "gpt-2");
        key("tokenizer.ggml.tokens", 9);
        number(4, 8);
        number(8, shape.vocabularySize());
        for (int i = 0; i < shape.vocabularySize(); i++) {
            text(String.valueOf((char) ('a' + i)));
        }
        key("tokenizer.ggml.token_type", 9);
        number(4, 5);
        number(8, shape.vocabularySize());
        for (int i = 0; i < shape.vocabularySize(); i++) {
            number(4, 1);
        }
        key("tokenizer.ggml.merges", 9);
        number(4, 8);
        number(8, 0);
        numberKey("tokenizer.ggml.eos_token_id", 0);

        int offset = 0;
        for (Map.Entry<String, int[]> tensor : tensors.entrySet()) {
            text(tensor.getKey());
            number(4, tensor.getValue().length);
            int bytes = Float.BYTES;
            for (int size : tensor.getValue()) {
                number(8, size);
                bytes *= size;
            }
            number(4, 0);
            number(8, offset);
            offset += (bytes + 31) / 32 * 32;
        }
        number((32 - out.size() % 32) % 32, 0);
        out.writeBytes(new byte[offset]);
        return out.toByteArray();
    }

    private void numberKey(String name, int value) {
        key(name, 4);
        number(4, value);
    }

    private void textKey(String name, String value) {
        key(name, 8);
        text(value);
    }

    private void key(String name, int type) {
        text(name);
        number(4, type);
    }

    private void text(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        number(8, bytes.length);
        out.writeBytes(bytes);
    }

    private void number(int bytes, long value) {
        byte[] all = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
        out.write(all, 0, bytes);
    }
}
