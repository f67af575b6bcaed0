package org.fedbiot.aggregator;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.UpdateCodec;
import org.fedbiot.schemas.event.UpdateManifest;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.integrity.CanonicalBytes;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.integrity.ShardPlan;
import org.fedbiot.schemas.integrity.SigningKey;
import org.fedbiot.schemas.payload.ShardCodec;

/** A client's update as it would send it without error feedback, for tests. */
public record SignedUpdate(UpdateManifest manifest, List<UpdateShard> shards) {

    public static SignedUpdate of(RoundOpened opened, ShardPlan cut, String client, SigningKey key, int samples,
            float[] difference) {
        UpdateCodec codec = opened.getAggregation().getUpdateCodec();
        List<ByteBuffer> parts = ShardCodec.of(codec).encode(cut, difference);
        List<String> hashes = parts.stream().map(Sha256::of).toList();
        List<UpdateShard> shards = new ArrayList<>();
        for (int shard = 0; shard < parts.size(); shard++) {
            shards.add(sign(UpdateShard.newBuilder()
                    .setRunId(opened.getRunId())
                    .setRound(opened.getRound())
                    .setClientId(client)
                    .setAdapterVersion(opened.getAdapterVersion())
                    .setAdapterSha256(opened.getAdapterSha256())
                    .setEmulatorVersion(opened.getEmulatorVersion())
                    .setEmulatorSha256(opened.getEmulatorSha256())
                    .setShard(shard)
                    .setShards(cut.shards())
                    .setStart(cut.start(shard))
                    .setElements(cut.elements())
                    .setSha256(hashes.get(shard))
                    .setData(parts.get(shard))
                    .setCodec(codec), key));
        }
        UpdateManifest.Builder manifest = UpdateManifest.newBuilder()
                .setRunId(opened.getRunId())
                .setRound(opened.getRound())
                .setClientId(client)
                .setBaseSha256(opened.getBaseSha256())
                .setAdapterVersion(opened.getAdapterVersion())
                .setAdapterSha256(opened.getAdapterSha256())
                .setEmulatorVersion(opened.getEmulatorVersion())
                .setEmulatorSha256(opened.getEmulatorSha256())
                .setDatasetSamples(samples)
                .setProcessedSamples(samples)
                .setElements(cut.elements())
                .setShardSha256(hashes)
                .setSha256(Sha256.ofHashes(hashes))
                .setMeanLoss(1)
                .setFirstLoss(2)
                .setLastLoss(0.5);
        return new SignedUpdate(sign(manifest, key), List.copyOf(shards));
    }

    public static UpdateShard sign(UpdateShard.Builder shard, SigningKey key) {
        UpdateShard unsigned = shard.setKeyId(key.keyId()).setSignature(ByteBuffer.allocate(0)).build();
        return UpdateShard.newBuilder(unsigned)
                .setSignature(ByteBuffer.wrap(key.sign(CanonicalBytes.of(unsigned))))
                .build();
    }

    public static UpdateManifest sign(UpdateManifest.Builder manifest, SigningKey key) {
        UpdateManifest unsigned = manifest.setKeyId(key.keyId()).setSignature(ByteBuffer.allocate(0)).build();
        return UpdateManifest.newBuilder(unsigned)
                .setSignature(ByteBuffer.wrap(key.sign(CanonicalBytes.of(unsigned))))
                .build();
    }

    /** The client itself sends something else in one shard's place, properly signed. */
    public SignedUpdate withShard(int shard, SigningKey key, UnaryOperator<UpdateShard.Builder> change) {
        List<UpdateShard> changed = new ArrayList<>(shards);
        changed.set(shard, sign(change.apply(UpdateShard.newBuilder(shards.get(shard))), key));
        return new SignedUpdate(manifest, changed);
    }
}
