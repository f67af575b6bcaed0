package org.fedbiot.cli.exposure;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.fedbiot.learning.format.BaseModel;
import org.fedbiot.learning.format.ElementType;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.model.LlamaWeights;
import org.fedbiot.schemas.integrity.Chunks;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.topic.Topics;

/**
 * The original weights, cut and hashed as a server worker publishes them, so that any chunk that went out is recognised
 * by its hash, whatever a manifest calls it.
 */
final class OwnersModel {

    private final Path location;
    private final String sha256;
    private final Map<String, List<Piece>> pieces = new HashMap<>();

    private OwnersModel(Path location, String sha256) {
        this.location = location;
        this.sha256 = sha256;
    }

    /**
     * Reads the whole model, a tensor at a time, in each type that a run may publish it in.
     *
     * @throws org.fedbiot.learning.BadInputException if there is no model that can be read
     */
    static OwnersModel read(Path location) {
        BaseModel model = BaseModel.open(location);
        OwnersModel read = new OwnersModel(location, model.sha256());
        for (String tensor : LlamaWeights.shapes(model.config()).keySet()) {
            for (BaseType type : BaseType.values()) {
                read.add(tensor, type, model.tensors().float32(tensor));
            }
        }
        return read;
    }

    Path location() {
        return location;
    }

    /** Identity of the base weights. */
    String sha256() {
        return sha256;
    }

    /** Where in the model bytes with this hash stand; several where tensors repeat, none if they are not the model's. */
    Set<Piece> find(String chunkSha256) {
        return Set.copyOf(pieces.getOrDefault(chunkSha256, List.of()));
    }

    private void add(String tensor, BaseType type, ByteBuffer values) {
        ByteBuffer floats = values.slice().order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer bytes = ByteBuffer.allocate(floats.remaining() / Float.BYTES * type.bytes());
        ElementType.of(type).narrow(floats.asFloatBuffer(), bytes);
        long start = 0;
        for (ByteBuffer chunk : Chunks.cut(bytes.flip(), Topics.MAX_CHUNK_BYTES)) {
            long end = start + chunk.remaining() / type.bytes();
            pieces.computeIfAbsent(Sha256.of(chunk), hash -> new ArrayList<>()).add(new Piece(tensor, start, end));
            start = end;
        }
    }
}
