package org.fedbiot.learning.format;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.TreeSet;
import org.fedbiot.learning.model.LlamaConfig;

/**
 * One hash for the base weights of a model, by which exposure is counted. It is SHA-256 over UTF-8 lines: a version
 * line; {@code key=value} for each field of the shape; then for each tensor that the forward pass reads, by
 * name, {@code name type [shape] sha256-of-its-stored-bytes}. File names, tokenizer, layout
 * inside the file and sharding do not count. The same weights stored in another type have another identity.
 */
final class ModelIdentity {
    private static final String VERSION = "fedbiot-base-model 1";

    private ModelIdentity() { }

    static String sha256(LlamaConfig config, StoredTensors tensors) {
        StringBuilder lines = new StringBuilder(VERSION).append('\n');
        lines.append("vocabularySize=").append(config.vocabularySize()).append('\n')
                .append("hiddenSize=").append(config.hiddenSize()).append('\n')
                .append("intermediateSize=").append(config.intermediateSize()).append('\n')
                .append("layers=").append(config.layers()).append('\n')
                .append("heads=").append(config.heads()).append('\n')
                .append("keyValueHeads=").append(config.keyValueHeads()).append('\n')
                .append("headSize=").append(config.headSize()).append('\n')
                .append("ropeTheta=").append(config.ropeTheta()).append('\n')
                .append("normEpsilon=").append(config.normEpsilon()).append('\n')
                .append("tiedEmbeddings=").append(config.tiedEmbeddings()).append('\n');
        for (String name : new TreeSet<>(LlamaTensors.shapes(config).keySet())) {
            lines.append(name).append(' ').append(tensors.storedType(name)).append(' ')
                    .append(Arrays.toString(tensors.shape(name))).append(' ')
                    .append(hex(tensors.stored(name))).append('\n');
        }
        return hex(ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private static String hex(ByteBuffer bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
