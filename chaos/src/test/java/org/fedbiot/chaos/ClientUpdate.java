package org.fedbiot.chaos;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.fedbiot.schemas.event.UpdateManifest;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.integrity.CanonicalBytes;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.integrity.SigningKey;

/** An update as it was handed in, and what can be made of it by somebody who has a key. */
record ClientUpdate(UpdateManifest manifest, List<UpdateShard> shards) {

    ClientUpdate {
        shards = List.copyOf(shards);
    }

    /** The same difference as another client's. */
    ClientUpdate by(String client, SigningKey key) {
        List<UpdateShard> own = shards.stream()
                .map(shard -> sign(UpdateShard.newBuilder(shard).setClientId(client), key)).toList();
        return new ClientUpdate(sign(UpdateManifest.newBuilder(manifest).setClientId(client), key), own);
    }

    /** Other values, with hashes and signatures that fit them. */
    ClientUpdate with(UnaryOperator<float[]> values, SigningKey key) {
        List<UpdateShard> changed = new ArrayList<>();
        List<String> hashes = new ArrayList<>();
        for (UpdateShard shard : shards) {
            ByteBuffer data = bytes(values.apply(floats(shard.getData())));
            hashes.add(Sha256.of(data));
            changed.add(sign(UpdateShard.newBuilder(shard).setData(data).setSha256(Sha256.of(data)), key));
        }
        return new ClientUpdate(sign(UpdateManifest.newBuilder(manifest).setShardSha256(hashes)
                .setSha256(Sha256.ofHashes(hashes)), key), changed);
    }

    /** Other words about the same values. */
    ClientUpdate saying(UnaryOperator<UpdateManifest.Builder> change, SigningKey key) {
        return new ClientUpdate(sign(change.apply(UpdateManifest.newBuilder(manifest)), key), shards);
    }

    static UpdateManifest sign(UpdateManifest.Builder manifest, SigningKey key) {
        UpdateManifest unsigned = manifest.setKeyId(key.keyId()).setSignature(ByteBuffer.allocate(0)).build();
        return UpdateManifest.newBuilder(unsigned)
                .setSignature(ByteBuffer.wrap(key.sign(CanonicalBytes.of(unsigned)))).build();
    }

    static UpdateShard sign(UpdateShard.Builder shard, SigningKey key) {
        UpdateShard unsigned = shard.setKeyId(key.keyId()).setSignature(ByteBuffer.allocate(0)).build();
        return UpdateShard.newBuilder(unsigned)
                .setSignature(ByteBuffer.wrap(key.sign(CanonicalBytes.of(unsigned)))).build();
    }

    private static float[] floats(ByteBuffer data) {
        float[] values = new float[data.remaining() / Float.BYTES];
        data.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    private static ByteBuffer bytes(float[] values) {
        ByteBuffer data = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        return data.order(ByteOrder.BIG_ENDIAN);
    }
}
