package org.fedbiot.aggregator;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Optional;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.UpdateCodec;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.integrity.CanonicalBytes;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.integrity.ShardPlan;
import org.fedbiot.schemas.payload.ShardCodec;

/** One shard of an update against its round's plan, by itself. */
public final class ShardScreen {

    /** Elements that are read from a buffer in one go; 16 KiB, which stay in the nearest cache. */
    private static final int BLOCK = 4096;

    private ShardScreen() {
    }

    /**
     * @param shard of the plan's run and round
     * @return an objection, or the squared Frobenius norm of the decoded shard, summed in double in element order
     */
    public static ShardFinding screen(UpdateShard shard, RoundOpened plan) {
        return signatureObjection(shard, plan).map(ShardFinding::against).orElseGet(() -> screenContent(shard, plan));
    }

    /**
     * The same, but of a shard without a flaw the signature, which costs more than all else, is not looked at. Of such
     * a shard the plan fixes every field but client and hash, so it can be used as soon as something that the client
     * did sign lists its hash; until then it is anybody's.
     */
    public static ShardFinding screenUnsigned(UpdateShard shard, RoundOpened plan) {
        ShardFinding finding = Authorship.claimObjection(plan, shard.getClientId(), shard.getKeyId())
                .map(ShardFinding::against).orElseGet(() -> screenContent(shard, plan));
        return finding.objection().isEmpty() ? finding : screen(shard, plan);
    }

    /** Against author and signature alone. */
    public static Optional<Objection> signatureObjection(UpdateShard shard, RoundOpened plan) {
        return Authorship.objection(plan, shard.getClientId(), shard.getKeyId(), CanonicalBytes.of(shard),
                shard.getSignature());
    }

    private static ShardFinding screenContent(UpdateShard shard, RoundOpened plan) {
        Optional<Objection> objection = payloadObjection(shard)
                .or(() -> new TrainedAgainst(shard.getAdapterVersion(), shard.getAdapterSha256(),
                        shard.getEmulatorVersion(), shard.getEmulatorSha256()).objection(plan))
                .or(() -> codecObjection(shard, plan))
                .or(() -> shapeObjection(shard, plan));
        if (objection.isPresent()) {
            return ShardFinding.against(objection.get());
        }
        double squaredNorm = squaredNorm(ShardCodec.of(shard.getCodec()).decode(shard.getData()));
        // Squares of floats do not overflow a double, so the sum is finite exactly if every element is.
        return Double.isFinite(squaredNorm)
                ? new ShardFinding(Optional.empty(), squaredNorm)
                : ShardFinding.against(Objection.unfit(RejectReason.NOT_FINITE,
                        "shard " + shard.getShard() + " has elements that are NaN or infinite"));
    }

    /** The signature covers the hash, not the bytes: bytes with another hash are not shown to be the client's. */
    private static Optional<Objection> payloadObjection(UpdateShard shard) {
        String found = Sha256.of(shard.getData());
        return found.equals(shard.getSha256())
                ? Optional.empty()
                : Optional.of(Objection.forged(RejectReason.HASH_MISMATCH,
                        "shard " + shard.getShard() + " says sha256 " + shard.getSha256() + ", its bytes have " + found));
    }

    private static Optional<Objection> codecObjection(UpdateShard shard, RoundOpened plan) {
        UpdateCodec asked = plan.getAggregation().getUpdateCodec();
        return shard.getCodec() == asked
                ? Optional.empty()
                : Optional.of(Objection.unfit(RejectReason.WRONG_CODEC, "shard " + shard.getShard() + " is encoded as "
                        + shard.getCodec() + ", the round asks for " + asked));
    }

    private static Optional<Objection> shapeObjection(UpdateShard shard, RoundOpened plan) {
        ShardPlan cut = new ShardPlan(plan.getAdapterElements(), plan.getAggregation().getShardBytes());
        int index = shard.getShard();
        if (index < 0 || index >= cut.shards()) {
            return unfit("shard " + index + " is not in 0.." + (cut.shards() - 1));
        }
        if (shard.getShards() != cut.shards() || shard.getElements() != cut.elements()) {
            return unfit("shard " + index + " is of " + shard.getShards() + " shards and " + shard.getElements()
                    + " elements, the round has " + cut.shards() + " and " + cut.elements());
        }
        int bytes = ShardCodec.of(shard.getCodec()).bytes(cut.end(index) - cut.start(index));
        if (shard.getStart() != cut.start(index) || shard.getData().remaining() != bytes) {
            return unfit("shard " + index + " starts at " + shard.getStart() + " with " + shard.getData().remaining()
                    + " bytes, not at " + cut.start(index) + " with " + bytes);
        }
        return Optional.empty();
    }

    private static Optional<Objection> unfit(String detail) {
        return Optional.of(Objection.unfit(RejectReason.WRONG_SHAPE, detail));
    }

    private static double squaredNorm(ByteBuffer data) {
        FloatBuffer values = data.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        float[] block = new float[Math.min(BLOCK, values.remaining())];
        double sum = 0;
        while (values.hasRemaining()) {
            int length = Math.min(block.length, values.remaining());
            values.get(block, 0, length);
            sum = plusSquares(sum, block, length);
        }
        return sum;
    }

    /** In element order: a verdict states the norm and a replay must come to the same number. */
    private static double plusSquares(double sum, float[] block, int length) {
        double more = sum;
        for (int i = 0; i < length; i++) {
            double value = block[i];
            more += value * value;
        }
        return more;
    }
}
