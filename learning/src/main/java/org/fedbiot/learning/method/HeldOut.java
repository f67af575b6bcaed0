package org.fedbiot.learning.method;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.fedbiot.learning.data.TokenizedExample;
import org.fedbiot.learning.model.PackedBatch;
import org.fedbiot.learning.torch.ChunkedRows;
import org.fedbiot.learning.torch.HostValues;
import org.fedbiot.learning.torch.Primitives;

/**
 * Alignment losses on public records that no step sees, the whole set as one batch: one rho, sums over all pieces. The
 * full model's pass is made once and its two hidden states kept, three rows of the hidden size per token in the base
 * type, since the losses are wanted before and after.
 */
final class HeldOut implements AutoCloseable {
    private final Primitives primitives = Primitives.shared();
    private final NDManager manager;
    private final SplitModel model;
    private final AlignmentStep step;
    private final AlignmentOptions options;
    private final List<Piece> pieces = new ArrayList<>();

    private record Piece(PackedBatch batch, Teacher.Lesson lesson, int[] rows) {
    }

    HeldOut(NDManager parent, SplitModel model, AlignmentStep step, AlignmentOptions options,
            List<TokenizedExample> records) {
        this.manager = parent.newSubManager();
        this.model = model;
        this.step = step;
        this.options = options;
        for (List<TokenizedExample> examples : TokenRows.pieces(records, options.microBatchTokens())) {
            PackedBatch batch = PackedBatch.of(manager, TokenRows.tokens(examples));
            pieces.add(new Piece(batch, step.teacher().lesson(batch, true), step.rows(batch, examples)));
        }
    }

    /** With the emulator's factors as they are now, and without dropout. */
    AlignmentLoss measure() {
        double error = 0;
        double scale = 0;
        double divergence = 0;
        long rows = 0;
        for (Piece piece : pieces) {
            try (NDArray stack = step.student(piece.lesson(), piece.batch(), Optional.empty());
                    NDArray top = step.top(stack, piece.batch());
                    NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                NDArray index = piece.batch().index(piece.rows());
                NDArray taught = primitives.rows(piece.lesson().stack(), index);
                error += HostValues.scalar(primitives.squaredDifferenceSum(primitives.rows(stack, index), taught));
                scale += HostValues.scalar(primitives.squareSum(taught));
                NDArray topRows = primitives.rows(top, index);
                NDArray topTaught = primitives.rows(piece.lesson().top().orElseThrow(), index);
                divergence += ChunkedRows.value(topRows, HeadLoss.chunkRows(model.decoder()),
                        HeadLoss.divergence(model.decoder(), topTaught, options.temperature()));
                rows += piece.rows().length;
            }
        }
        double l2 = error / scale;
        double kl = divergence / rows;
        return new AlignmentLoss(l2, kl, options.klWeight() == 0 ? l2 : l2 + options.klWeight() * kl);
    }

    @Override
    public void close() {
        manager.close();
    }
}
