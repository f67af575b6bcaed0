package org.fedbiot.learning.method;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.fedbiot.learning.data.TokenizedExample;
import org.fedbiot.learning.model.Decoder;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.learning.model.Generation;
import org.fedbiot.learning.model.LayerRef;
import org.fedbiot.learning.model.LoraParameters;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.learning.model.PackedBatch;
import org.fedbiot.learning.model.Sampling;
import org.fedbiot.learning.torch.ChunkedRows;
import org.fedbiot.learning.torch.Primitives;
import org.fedbiot.learning.torch.Torch;

/**
 * Scores the four models (fedbiot-method 1.7): mean negative log-likelihood over all reply tokens of the set, and exact
 * match of generated replies. Nothing is merged or loaded for it: a model is a list of layers and the factors on them,
 * so it cannot silently score another. A client can score the two that it holds.
 */
public final class Evaluation {
    private final SplitModel model;
    private final LoraSpec lora;
    private final EvaluationOptions options;

    /** Over the full model or a client's copy, which stays the caller's. */
    public Evaluation(SplitModel model, LoraSpec lora, EvaluationOptions options) {
        this.model = model;
        this.lora = lora;
        this.options = options;
    }

    /**
     * Scores models.
     *
     * @param scoring counts passes over the set's batches
     * @param generating told after every generated token; counts replies, of all models together
     * @throws NonFiniteLossException naming run, versions and model whose likelihood is no number
     * @throws IllegalArgumentException if a version has another layout than the split
     */
    public Map<EvaluatedModel, Score> run(EvaluationTask task, EvaluationSet set, Progress scoring,
            Progress generating) {
        Factors.requireLayout(task.where() + ", adapter", task.adapter(), model.adapterLayout(lora));
        Factors.requireLayout(task.where() + ", emulator", task.emulator(), model.emulatorLayout(lora));
        try (NDManager manager = Torch.newManager(model.weights().device());
                LoraParameters adapter = new LoraParameters(manager, task.adapter(), lora, false);
                LoraParameters emulator = new LoraParameters(manager, task.emulator(), lora, false)) {
            Map<EvaluatedModel, Form> forms = new EnumMap<>(EvaluatedModel.class);
            for (EvaluatedModel evaluated : task.models()) {
                forms.put(evaluated, form(evaluated, adapter, emulator));
            }
            Map<EvaluatedModel, Double> sums = likelihoods(task.where(), manager, forms, set.records(), scoring);
            long tokens = TokenRows.replyTokens(set.records());
            int generated = Math.min(options.exactMatchRecords(), set.records().size());
            int all = generated * forms.size();
            Map<EvaluatedModel, Score> scores = new EnumMap<>(EvaluatedModel.class);
            for (EvaluatedModel evaluated : forms.keySet()) {
                int before = generated * scores.size();
                List<int[]> replies = generated == 0 ? List.of() : replies(forms.get(evaluated), set, generated,
                        task.seed(), ended -> generating.step(before + ended, all, 0));
                Shares shares = Shares.of(set.check(), replies);
                scores.put(evaluated, new Score(sums.get(evaluated) / tokens, shares.right(), set.records().size(),
                        generated, tokens, shares.parses(), shares.checked()));
            }
            return scores;
        }
    }

    /** A model's layers in three parts, and the factors on them. */
    private record Form(boolean full, List<LayerRef> front, List<LayerRef> stack, List<LayerRef> back,
            List<LoraParameters> lora) {
        List<LayerRef> layers() {
            return Stream.of(front, stack, back).flatMap(List::stream).toList();
        }
    }

    private Form form(EvaluatedModel evaluated, LoraParameters adapter, LoraParameters emulator) {
        boolean full = EnumSet.of(EvaluatedModel.RAW_FULL, EvaluatedModel.ADAP_FU).contains(evaluated);
        List<LoraParameters> factors = switch (evaluated) {
            case RAW_FULL, RAW_COMPRESSED -> List.of();
            // The teacher stack has no factors: the emulator's carry the same layer numbers and must stay out.
            case ADAP_FU -> List.of(adapter);
            case ADAP_EMU -> List.of(adapter, emulator);
        };
        return new Form(full, model.frontAdapter(), full ? model.teacher() : model.emulator(), model.backAdapter(), factors);
    }

    private Map<EvaluatedModel, Double> likelihoods(String where, NDManager manager, Map<EvaluatedModel, Form> forms,
            List<TokenizedExample> records, Progress progress) {
        Map<EvaluatedModel, Double> sums = new EnumMap<>(EvaluatedModel.class);
        List<List<TokenizedExample>> pieces = TokenRows.pieces(records, options.batchTokens());
        double sum = 0;
        long tokens = 0;
        for (int i = 0; i < pieces.size(); i++) {
            List<TokenizedExample> examples = pieces.get(i);
            try (PackedBatch batch = PackedBatch.of(manager, TokenRows.tokens(examples))) {
                StackOutputs stacks = new StackOutputs(batch);
                for (Map.Entry<EvaluatedModel, Form> entry : forms.entrySet()) {
                    double piece = likelihood(entry.getValue(), stacks, batch, examples);
                    if (!Double.isFinite(piece)) {
                        throw NonFiniteLossException.inEvaluation(where, entry.getKey(), piece);
                    }
                    sums.merge(entry.getKey(), piece, Double::sum);
                    sum += piece;
                }
            }
            tokens += (long) TokenRows.replyTokens(examples) * forms.size();
            progress.step(i + 1, pieces.size(), sum / tokens);
        }
        return sums;
    }

    private double likelihood(Form form, StackOutputs stacks, PackedBatch batch, List<TokenizedExample> examples) {
        Decoder decoder = model.decoder();
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray hidden = model.run(form.back(), stacks.of(form), batch, form.lora(), Optional.empty());
            NDArray rows = Primitives.shared()
                    .rows(hidden, batch.index(TokenRows.replyRows(batch, examples)));
            return ChunkedRows.value(rows, HeadLoss.chunkRows(decoder),
                    HeadLoss.crossEntropy(decoder, batch, TokenRows.replyTargets(examples)));
        }
    }

    /** Raw full and AdapFu share embedding and teacher stack where no front adapter stands before it. */
    private final class StackOutputs {
        private final PackedBatch batch;
        private Optional<NDArray> sharedTeacher = Optional.empty();

        StackOutputs(PackedBatch batch) {
            this.batch = batch;
        }

        NDArray of(Form form) {
            if (!form.full() || !form.front().isEmpty()) {
                return compute(form);
            }
            if (sharedTeacher.isEmpty()) {
                NDArray output = compute(form);
                NDScope.unregister(output);
                sharedTeacher = Optional.of(output);
            }
            return sharedTeacher.get();
        }

        private NDArray compute(Form form) {
            NDArray embedded = model.decoder().embed(batch);
            NDArray input = model.run(form.front(), embedded, batch, form.lora(), Optional.empty());
            return model.run(form.stack(), input, batch, form.lora(), Optional.empty());
        }
    }

    private List<int[]> replies(Form form, EvaluationSet set, int count, long seed, IntConsumer ended) {
        List<int[]> prompts = set.records().subList(0, count).stream()
                .map(example -> Arrays.copyOf(example.tokens(), example.promptLength()))
                .toList();
        int longest = prompts.stream().mapToInt(prompt -> prompt.length).max().orElseThrow();
        int batchSize = Math.max(1, options.batchTokens() / (longest + options.maxNewTokens()));
        Sampling sampling = options.decoding() == Decoding.GREEDY ? Sampling.greedy()
                : new Sampling(options.decodingTemperature(), options.decodingTopP(), seed);
        Generation generation = new Generation(model.decoder(), form.layers(), form.lora(),
                new Generation.Settings(options.maxNewTokens(), batchSize, set.stopTokens(), sampling));
        return generation.replies(prompts, ended);
    }

    /** What came of generated replies, as shares; -1 of none. */
    private record Shares(double right, double parses, int checked) {

        static Shares of(EvaluationSet.ReplyCheck check, List<int[]> replies) {
            int right = 0;
            int parses = 0;
            int checked = 0;
            for (int i = 0; i < replies.size(); i++) {
                right += check.isRight(i, replies.get(i)) ? 1 : 0;
                Optional<Boolean> reads = check.parses(i, replies.get(i));
                parses += reads.orElse(false) ? 1 : 0;
                checked += reads.isPresent() ? 1 : 0;
            }
            return new Shares(share(right, replies.size()), share(parses, checked), checked);
        }

        private static double share(int some, int all) {
            return all == 0 ? -1 : (double) some / all;
        }
    }
}
