package org.fedbiot.learning.method;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.fedbiot.learning.data.BatchOrder;
import org.fedbiot.learning.data.Seeds;
import org.fedbiot.learning.data.TokenizedExample;
import org.fedbiot.learning.model.Decoder;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.learning.model.LoraDropout;
import org.fedbiot.learning.model.LoraParameters;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.learning.model.PackedBatch;
import org.fedbiot.learning.torch.AdamW;
import org.fedbiot.learning.torch.ChunkedRows;
import org.fedbiot.learning.torch.Gradients;
import org.fedbiot.learning.torch.Primitives;
import org.fedbiot.learning.torch.Torch;

/**
 * A client's work in one round (fedbiot-method 1.5): cross-entropy over reply tokens plus the proximal term, in the
 * adapter's factors alone. The emulator has no dropout, and no graph unless a front adapter needs one through it. A
 * result is a function of model, options, round and records; threads may share an instance.
 */
public final class LocalTraining {
    private final SplitModel model;
    private final LoraSpec lora;
    private final TrainingOptions options;

    /** Over a client's copy, or the server's weights in a simulation; the model stays the caller's. */
    public LocalTraining(SplitModel model, LoraSpec lora, TrainingOptions options) {
        this.model = model;
        this.lora = lora;
        this.options = options;
    }

    /**
     * Trains for a round. Loss and gradient of a step are the mean over all reply tokens of its batch, whatever pieces
     * it is cut into. Dropout masks are drawn for each piece, so {@code microBatchTokens} is part of the result.
     *
     * @param records the client's own, in a fixed order
     * @throws NonFiniteLossException naming run, client, round and step
     * @throws IllegalArgumentException if there is no record, or a version has another layout than the split
     */
    public LocalOutcome run(LocalRound round, List<TokenizedExample> records, Progress progress) {
        String where = "Run " + round.runId() + ", client " + round.clientId() + ", round " + round.round();
        Factors.requireLayout(where + ", adapter", round.adapter(), model.adapterLayout(lora));
        Factors.requireLayout(where + ", emulator", round.emulator(), model.emulatorLayout(lora));
        BatchOrder order = new BatchOrder(round.seed(), round.clientId(), round.seedRound(), records.size(),
                options.batchSize());
        double[] losses = new double[options.steps()];
        int processed = 0;
        try (Step step = new Step(round)) {
            for (int i = 0; i < losses.length; i++) {
                List<TokenizedExample> batch = order.batch(i).stream().map(records::get).toList();
                losses[i] = step.gradients(batch, i);
                if (!Double.isFinite(losses[i])) {
                    throw NonFiniteLossException.inTraining(where + ", step " + (i + 1) + " of " + losses.length, "the loss",
                            losses[i], options.optimiser().learningRate());
                }
                step.update();
                processed += batch.size();
                progress.step(i + 1, losses.length, losses[i]);
            }
            FactorVector trained = step.adapter.toVector();
            Factors.requireFinite(where + ", after step " + losses.length, trained,
                    options.optimiser().learningRate());
            return new LocalOutcome(trained.minus(round.adapter()), processed, losses[0],
                    Arrays.stream(losses).average().orElseThrow(), losses[losses.length - 1]);
        }
    }

    /** Factors and optimiser of a round. Owns native memory. */
    final class Step implements AutoCloseable {
        private final NDManager manager = Torch.newManager(model.weights().device());
        private final LocalRound round;
        private final LoraParameters adapter;
        private final LoraParameters emulator;
        private final AdamW optimiser;
        private final ProximalTerm proximal;

        Step(LocalRound round) {
            this.round = round;
            this.adapter = new LoraParameters(manager, round.adapter(), lora, true);
            this.emulator = new LoraParameters(manager, round.emulator(), lora, false);
            this.optimiser = new AdamW(manager, options.optimiser().adamW(), adapter.arrays());
            this.proximal = new ProximalTerm(round.adapter(), lora.scale(), options.proximalWeight(),
                    options.proximalForm(), options.proximalSpace());
        }

        LoraParameters adapter() {
            return adapter;
        }

        /** Leaves the batch's gradient in the adapter, proximal term included, and gives the cross-entropy. */
        double gradients(List<TokenizedExample> batch, int step) {
            Gradients.zero(adapter.arrays());
            int tokens = TokenRows.replyTokens(batch);
            double sum = 0;
            List<List<TokenizedExample>> pieces = TokenRows.pieces(batch, options.microBatchTokens());
            for (int i = 0; i < pieces.size(); i++) {
                long seed = Seeds.derive(round.seed(), "dropout", round.clientId(), round.seedRound(), step, i);
                sum += piece(pieces.get(i), tokens, Factors.dropout(lora, seed, step));
            }
            if (options.proximalWeight() > 0) {
                float[] values = adapter.toVector().values();
                Factors.addToGradients(manager, adapter, proximal.at(values).gradient());
            }
            return sum / tokens;
        }

        void update() {
            optimiser.step();
        }

        private double piece(List<TokenizedExample> examples, int tokens, Optional<LoraDropout> dropout) {
            Primitives primitives = Primitives.shared();
            Decoder decoder = model.decoder();
            List<LoraParameters> factors = List.of(adapter, emulator);
            try (PackedBatch batch = PackedBatch.of(manager, TokenRows.tokens(examples));
                    Gradients gradients = Gradients.record()) {
                // Dropout reaches trainable factors only: the emulator runs as it is.
                NDArray hidden = model.run(model.compressed(), decoder.embed(batch), batch, factors, dropout);
                // The index outlives the backward pass, which reads it, since it belongs to the batch.
                NDArray rows = primitives.rows(hidden, batch.index(TokenRows.replyRows(batch, examples)));
                ChunkedRows.RowLoss loss = HeadLoss.crossEntropy(decoder, batch, TokenRows.replyTargets(examples));
                ChunkedRows.Slope slope = ChunkedRows.slope(gradients, rows, HeadLoss.chunkRows(decoder), loss);
                NDArray share = batch.manager().full(new Shape(), 1f / tokens);
                gradients.backward(primitives.productSum(rows, slope.gradient()).mul(share));
                return slope.value();
            }
        }

        @Override
        public void close() {
            manager.close();
        }
    }
}
