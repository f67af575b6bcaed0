package org.fedbiot.learning.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.fedbiot.learning.data.TokenizedExample;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.learning.model.LayerRef;
import org.fedbiot.learning.model.LlamaWeights;
import org.fedbiot.learning.model.LoraParameters;
import org.fedbiot.learning.torch.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** fedbiot-method 1.7; {@link LocalTrainingTest} lists the defects of 6.1. */
class EvaluationTest {
    private static final Set<EvaluatedModel> ALL = EnumSet.allOf(EvaluatedModel.class);
    private final LlamaWeights full = TinyModel.weights(BaseType.FLOAT32);
    private final List<TokenizedExample> records = TinyModel.examples(7, 6);

    @BeforeEach
    void prepareThread() {
        Torch.useThreads(1);
    }

    @AfterEach
    void closeWeights() {
        full.close();
    }

    private static FactorVector adapter(SplitModel model) {
        return TinyModel.factors(model.adapterLayout(TinyModel.LORA), 1);
    }

    private static FactorVector emulator(SplitModel model) {
        return TinyModel.factors(model.emulatorLayout(TinyModel.LORA), 2);
    }

    private static Map<EvaluatedModel, Score> score(SplitModel model, EvaluationOptions options,
            Set<EvaluatedModel> models, EvaluationSet set) {
        return new Evaluation(model, TinyModel.LORA, options)
                .run(task(model, models, 11), set, Progress.NONE, Progress.NONE);
    }

    private static EvaluationTask task(SplitModel model, Set<EvaluatedModel> models, long seed) {
        return new EvaluationTask("run-1", 3, 2, seed, models, adapter(model), emulator(model));
    }

    @ParameterizedTest
    @CsvSource({"0, .4, 1000", "0, .4, 25", "0, 0, 30", "1, .3, 30"})
    void shouldScoreTheFourModels(int front, double dropRate, int batchTokens) {
        try (SplitModel model = SplitModel.onServer(full, TinyModel.split(front, dropRate));
                NDManager manager = Torch.newManager();
                LoraParameters adapter = new LoraParameters(manager, adapter(model), TinyModel.LORA, false);
                LoraParameters emulator = new LoraParameters(manager, emulator(model), TinyModel.LORA, false)) {
            Map<EvaluatedModel, Score> scores = score(model, EvaluationOptions.likelihood(batchTokens), ALL,
                    EvaluationSet.likelihood(records));

            Map<EvaluatedModel, Double> expected = Map.of(
                    EvaluatedModel.RAW_FULL, nll(model, model.full()),
                    EvaluatedModel.RAW_COMPRESSED, nll(model, model.compressed()),
                    EvaluatedModel.ADAP_EMU, nll(model, model.compressed(), adapter, emulator),
                    EvaluatedModel.ADAP_FU, nll(model, model.full(), adapter));
            for (EvaluatedModel evaluated : ALL) {
                assertThat(scores.get(evaluated).nll()).as(evaluated.name())
                        .isCloseTo(expected.get(evaluated), within(1e-5));
                assertThat(scores.get(evaluated).perplexity())
                        .isCloseTo(Math.exp(expected.get(evaluated)), within(1e-3));
                assertThat(scores.get(evaluated).exactMatch()).isEqualTo(-1);
                assertThat(scores.get(evaluated).records()).isEqualTo(7);
            }
            // All four differ, so that none can stand for another; at drop rate 0 the raw two are one.
            assertThat(expected.values().stream().distinct()).hasSize(dropRate == 0 ? 3 : 4);
        }
    }

    private double nll(SplitModel model, List<LayerRef> layers, LoraParameters... lora) {
        double sum = 0;
        int tokens = 0;
        for (TokenizedExample example : records) {
            sum += Oracle.crossEntropySum(example, Oracle.pass(model, layers, example.tokens(), lora).logits());
            tokens += example.tokens().length - example.promptLength();
        }
        return sum / tokens;
    }

    @Test
    void shouldScoreOnAClientWhatItHolds() {
        LayerSplit split = TinyModel.split(0, 0.4);
        Set<EvaluatedModel> held = EnumSet.of(EvaluatedModel.RAW_COMPRESSED, EvaluatedModel.ADAP_EMU);
        EvaluationOptions options = EvaluationOptions.likelihood(40);
        try (LlamaWeights weights = TinyModel.client(CompressedModel.of(full, split));
                SplitModel client = SplitModel.onClient(weights, split);
                SplitModel server = SplitModel.onServer(full, split)) {
            assertThat(score(client, options, held, EvaluationSet.likelihood(records)))
                    .isEqualTo(score(server, options, held, EvaluationSet.likelihood(records)));
            assertThatThrownBy(() -> score(client, options, ALL, EvaluationSet.likelihood(records)))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void shouldGenerateGreedilyUntilAStopToken() {
        int count = 3;
        int maxNewTokens = 6;
        try (SplitModel model = SplitModel.onServer(full, TinyModel.split(0, 0.4));
                NDManager manager = Torch.newManager();
                LoraParameters adapter = new LoraParameters(manager, adapter(model), TinyModel.LORA, false)) {
            List<List<Integer>> expected = new ArrayList<>();
            for (TokenizedExample example : records.subList(0, count)) {
                expected.add(greedy(model, adapter, example, maxNewTokens));
            }
            // The stop token is one that greedy decoding reaches, so that stopping shows.
            int stop = expected.get(0).get(2);
            List<List<Integer>> stopped = expected.stream().map(reply -> reply.contains(stop)
                    ? reply.subList(0, reply.indexOf(stop)) : reply).toList();
            List<List<Integer>> seen = new ArrayList<>();
            EvaluationSet set = new EvaluationSet(records, (record, reply) -> {
                seen.add(Arrays.stream(reply).boxed().toList());
                return record != 1;
            }, Set.of(stop));

            Score score = score(model, new EvaluationOptions(60, count, maxNewTokens, Decoding.GREEDY, 1, 1),
                    EnumSet.of(EvaluatedModel.ADAP_FU), set).get(EvaluatedModel.ADAP_FU);

            assertThat(seen).isEqualTo(stopped);
            assertThat(score.exactMatch()).isEqualTo(2.0 / 3);
            assertThat(score.exactMatchRecords()).isEqualTo(3);
        }
    }

    @Test
    void shouldShareOutWhatParsesOverTheRepliesThatCouldBeChecked() {
        try (SplitModel model = SplitModel.onServer(full, TinyModel.split(0, 0.4))) {
            EvaluationSet set = new EvaluationSet(records, new EvaluationSet.ReplyCheck() {
                @Override
                public boolean isRight(int record, int[] reply) {
                    return false;
                }

                @Override
                public Optional<Boolean> parses(int record, int[] reply) {
                    return record == 0 ? Optional.empty() : Optional.of(record == 2);
                }
            }, Set.of());

            Score score = score(model, new EvaluationOptions(60, 3, 2, Decoding.GREEDY, 1, 1),
                    EnumSet.of(EvaluatedModel.ADAP_FU), set).get(EvaluatedModel.ADAP_FU);

            assertThat(score.parsesRecords()).isEqualTo(2);
            assertThat(score.parses()).isEqualTo(0.5);
            assertThat(score.exactMatch()).isZero();
        }
    }

    /** The whole sequence again for every token. */
    private static List<Integer> greedy(SplitModel model, LoraParameters adapter, TokenizedExample example, int count) {
        int[] tokens = Arrays.copyOf(example.tokens(), example.promptLength());
        List<Integer> reply = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double[][] logits = Oracle.pass(model, model.full(), tokens, adapter).logits();
            double[] last = logits[logits.length - 1];
            int best = 0;
            for (int v = 1; v < last.length; v++) {
                best = last[v] > last[best] ? v : best;
            }
            reply.add(best);
            tokens = Arrays.copyOf(tokens, tokens.length + 1);
            tokens[tokens.length - 1] = best;
        }
        return reply;
    }

    @Test
    void shouldSampleAsTheSeedSays() {
        try (SplitModel model = SplitModel.onServer(full, TinyModel.split(0, 0.4))) {
            assertThat(sampled(model, 11)).isEqualTo(sampled(model, 11)).isNotEqualTo(sampled(model, 12));
        }
    }

    private List<List<Integer>> sampled(SplitModel model, long seed) {
        List<List<Integer>> seen = new ArrayList<>();
        EvaluationSet set = new EvaluationSet(records, (record, reply) ->
                seen.add(Arrays.stream(reply).boxed().toList()), Set.of());
        new Evaluation(model, TinyModel.LORA, new EvaluationOptions(60, 3, 6, Decoding.SAMPLED, 1.5, 0.95))
                .run(task(model, EnumSet.of(EvaluatedModel.ADAP_EMU), seed), set, Progress.NONE, Progress.NONE);
        return seen;
    }

    @Test
    void shouldTellOfEveryTokenAndCountRepliesOverAllModels() {
        try (SplitModel model = SplitModel.onServer(full, TinyModel.split(0, 0.4))) {
            List<Integer> scored = new ArrayList<>();
            List<Integer> ended = new ArrayList<>();

            new Evaluation(model, TinyModel.LORA, new EvaluationOptions(1000, 3, 2, Decoding.GREEDY, 1, 1)).run(
                    task(model, EnumSet.of(EvaluatedModel.RAW_FULL, EvaluatedModel.ADAP_FU), 11),
                    new EvaluationSet(records, (record, reply) -> true, Set.of()),
                    (step, steps, loss) -> scored.add(step),
                    (step, steps, loss) -> {
                        assertThat(steps).isEqualTo(6);
                        ended.add(step);
                    });

            assertThat(scored).containsExactly(1);
            assertThat(ended).containsExactly(0, 3, 3, 6);
        }
    }

    @Test
    void shouldEndBetweenTwoTokensWhenTheWorkerCloses() {
        try (SplitModel model = SplitModel.onServer(full, TinyModel.split(0, 0.4))) {
            Evaluation evaluation = new Evaluation(model, TinyModel.LORA,
                    new EvaluationOptions(1000, 3, 40, Decoding.GREEDY, 1, 1));
            List<Integer> told = new ArrayList<>();

            assertThatThrownBy(() -> evaluation.run(task(model, ALL, 11),
                    new EvaluationSet(records, (record, reply) -> true, Set.of()), Progress.NONE,
                    (step, steps, loss) -> {
                        told.add(step);
                        throw new IllegalStateException("closed");
                    })).hasMessage("closed");
            assertThat(told).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(EvaluatedModel.class)
    void shouldRefuseAScoreThatIsNoNumber(EvaluatedModel evaluated) {
        try (LlamaWeights headless = TinyModel.headless();
                SplitModel model = SplitModel.onServer(headless, TinyModel.split(0, 0.4))) {
            Evaluation evaluation = new Evaluation(model, TinyModel.LORA, EvaluationOptions.likelihood(1000));

            assertThatThrownBy(() -> evaluation.run(task(model, EnumSet.of(evaluated), 11),
                    EvaluationSet.likelihood(records), Progress.NONE, Progress.NONE))
                    .isInstanceOf(NonFiniteLossException.class)
                    .hasMessageStartingWith("Run run-1, evaluation of adapter version 3 and emulator version 2: "
                            + "the negative log-likelihood of " + evaluated + " is NaN; ")
                    .hasMessageContaining("fp32");
        }
    }
}
