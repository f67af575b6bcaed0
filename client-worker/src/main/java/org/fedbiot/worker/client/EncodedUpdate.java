package org.fedbiot.worker.client;

import java.nio.ByteBuffer;
import java.util.List;
import org.fedbiot.schemas.integrity.LittleEndian;
import org.fedbiot.schemas.integrity.ShardPlan;
import org.fedbiot.schemas.payload.ShardCodec;

/**
 * An update as it is handed in, and what its codec lost: error feedback (Seide et al., 1-Bit Stochastic Gradient
 * Descent, Interspeech 2014; Karimireddy et al., Error Feedback Fixes SignSGD, arXiv 1901.09847). What is encoded is
 * the difference and what was lost before, so that the decoded updates of all rounds sum up to the differences, but for
 * what the last one lost.
 *
 * @param shards encoded, in order
 * @param lost difference and earlier loss less the decoded shards; exact in fp32, since each value is near its decoded
 *     one or that is 0
 */
record EncodedUpdate(List<ByteBuffer> shards, float[] lost) {

    EncodedUpdate {
        shards = List.copyOf(shards);
    }

    /**
     * @param lostBefore of the client's updates before; stays what is lost where this update is not finite, since such
     *     an update is refused and delivers nothing
     */
    static EncodedUpdate of(ShardCodec codec, ShardPlan plan, float[] difference, float[] lostBefore) {
        float[] owed = new float[difference.length];
        for (int i = 0; i < owed.length; i++) {
            owed[i] = difference[i] + lostBefore[i];
        }
        List<ByteBuffer> shards = codec.encode(plan, owed);
        float[] lost = new float[owed.length];
        for (int shard = 0; shard < shards.size(); shard++) {
            float[] decoded = LittleEndian.floats(codec.decode(shards.get(shard)));
            int start = plan.start(shard);
            for (int i = 0; i < decoded.length; i++) {
                lost[start + i] = owed[start + i] - decoded[i];
            }
        }
        return new EncodedUpdate(shards, isFinite(lost) ? lost : lostBefore);
    }

    private static boolean isFinite(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }
}
