package org.fedbiot.learning.method;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import java.util.Arrays;
import org.fedbiot.learning.model.Decoder;
import org.fedbiot.learning.model.PackedBatch;
import org.fedbiot.learning.torch.ChunkedRows;
import org.fedbiot.learning.torch.ChunkedRows.RowLoss;
import org.fedbiot.learning.torch.Primitives;

/** The two losses behind norm and head, for {@link ChunkedRows}: sums over hidden rows that count. */
final class HeadLoss {
    /** Logit elements of a chunk: 32 MB for each fp32 copy that a loss and its backward pass make. */
    private static final int CHUNK_ELEMENTS = 1 << 23;

    private HeadLoss() {
    }

    /** Rows whose logits are in memory at once. */
    static int chunkRows(Decoder decoder) {
        return Math.max(1, CHUNK_ELEMENTS / decoder.weights().config().vocabularySize());
    }

    /** Cross-entropy against a target per row (fedbiot-method 1.5). */
    static RowLoss crossEntropy(Decoder decoder, PackedBatch batch, int[] targets) {
        return (rows, from, to) -> Primitives.shared().crossEntropySum(decoder.logits(rows),
                batch.index(Arrays.copyOfRange(targets, from, to)));
    }

    /** KL(teacher to student) against the teacher's hidden row of each row (fedbiot-method 1.4). */
    static RowLoss divergence(Decoder decoder, NDArray teacherRows, double temperature) {
        return (rows, from, to) -> {
            NDArray teacher = decoder.logits(teacherRows.get(new NDIndex().addSliceDim(from, to)));
            return Primitives.shared().klSum(decoder.logits(rows), teacher, temperature);
        };
    }
}
