package org.fedbiot.learning.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fedbiot.learning.data.BatchOrder;
import org.fedbiot.learning.data.TokenizedExample;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.learning.model.LlamaWeights;
import org.fedbiot.learning.model.LoraParameters;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.learning.model.PackedBatch;
import org.fedbiot.learning.torch.AdamW;
import org.fedbiot.learning.torch.Gradients;
import org.fedbiot.learning.torch.Primitives;
import org.fedbiot.learning.torch.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * fedbiot-method 1.5 and 6.7 on a client. The defects of 6.1 and the tests that would catch them:
 *
 * <ol>
 *   <li>proximal term without value or gradient: {@link ProximalTermTest}, {@link #shouldFeelTheProximalTerm}
 *   <li>base weights that drift by merging: {@link #shouldLeaveBaseWeightsAlone},
 *       {@link AlignmentTest#shouldTrainTheEmulatorAlone}
 *   <li>emulator factors that never reach the clients: {@link #shouldTrainAgainstTheEmulatorsFactors} (that they travel
 *       is the workers' to test)
 *   <li>an evaluation of AdapFu that scores the raw model: {@link EvaluationTest#shouldScoreTheFourModels}
 *   <li>three teacher passes: {@link AlignmentTest#shouldMeasureWhatTheSpecificationSays} shows that one gives the same,
 *       {@link AlignmentTest#shouldNeedNoLogitsWithoutKl} that none is made for nothing
 *   <li>padding in L2 and KL: {@link AlignmentTest#shouldMeasureWhatTheSpecificationSays},
 *       {@link #shouldHaveTheLossOfSequencesAlone}
 *   <li>weights by processed samples: a choice of the aggregation; {@link #shouldLearn} checks the count
 *   <li>dropout in what is frozen: {@link #shouldNotDropInTheEmulator}, {@link AlignmentTest#shouldDropInTheEmulatorAlone}
 *   <li>a divergence with the wrong sign or direction: {@link AlignmentTest#shouldGiveTheVectorOfKl}
 *   <li>splits that do not match, a wrong number of clients and pickles are about data, settings and transport
 *   <li>a crash at one emulator layer: {@link LayerSplitTest#shouldRefuseFewerThanTwoEmulatorLayers}
 * </ol>
 */
class LocalTrainingTest {
    private static final OptimiserOptions OPTIMISER = new OptimiserOptions(5e-3, 0.9, 0.95, 0.01);
    private final LlamaWeights full = TinyModel.weights(BaseType.FLOAT32);
    private final List<TokenizedExample> records = TinyModel.examples(40, 3);

    @BeforeEach
    void prepareThread() {
        Torch.useThreads(1);
    }

    @AfterEach
    void closeWeights() {
        full.close();
    }

    private static TrainingOptions options(int steps, int batch, int microBatchTokens, double proximalWeight) {
        return new TrainingOptions(steps, batch, microBatchTokens, OPTIMISER, proximalWeight, ProximalForm.HALF,
                ProximalSpace.PRODUCT);
    }

    private SplitModel server(int front) {
        return SplitModel.onServer(full, TinyModel.split(front, 0.3));
    }

    private static LocalRound round(SplitModel model, LoraSpec lora) {
        return new LocalRound("run-1", "client-2", 3, 11, TinyModel.factors(model.adapterLayout(lora), 1),
                TinyModel.factors(model.emulatorLayout(lora), 2));
    }

    /** Loss and gradient of one batch. */
    private record Slope(double loss, float[] gradient) {
    }

    private static Slope slope(SplitModel model, LoraSpec lora, TrainingOptions options, LocalRound round,
            List<TokenizedExample> batch) {
        try (LocalTraining.Step step = new LocalTraining(model, lora, options).new Step(round)) {
            double loss = step.gradients(batch, 0);
            return new Slope(loss, step.adapter().gradients());
        }
    }

    @Test
    void shouldLearn() {
        try (SplitModel model = server(0)) {
            LocalRound round = round(model, TinyModel.LORA);

            LocalOutcome outcome = new LocalTraining(model, TinyModel.LORA, options(30, 8, 100, 0))
                    .run(round, records, Progress.NONE);

            assertThat(outcome.lastLoss()).isLessThan(outcome.firstLoss() * 0.92);
            assertThat(outcome.meanLoss()).isBetween(outcome.lastLoss(), outcome.firstLoss());
            assertThat(outcome.processedSamples()).isEqualTo(240);
        }
    }

    @Test
    void shouldLeaveBaseWeightsAlone() {
        try (SplitModel model = server(1)) {
            Map<String, ByteBuffer> before = TinyModel.bits(full);

            new LocalTraining(model, TinyModel.LORA, options(3, 4, 40, 0.1))
                    .run(round(model, TinyModel.LORA), records, Progress.NONE);

            assertThat(TinyModel.bits(full)).isEqualTo(before);
        }
    }

    @Test
    void shouldSendTheDifferenceOfTheAdapterAlone() {
        try (SplitModel model = server(0)) {
            LocalRound round = round(model, TinyModel.LORA);
            FactorVector adapter = round.adapter();

            FactorVector difference = new LocalTraining(model, TinyModel.LORA, options(1, 4, 100, 0))
                    .run(round, records, Progress.NONE).difference();

            // Adam's first step has the size of the rate, whatever the gradient; decay adds a little.
            assertThat(difference.layout()).isEqualTo(adapter.layout());
            for (float value : difference.values()) {
                assertThat(Math.abs(value)).isBetween(1e-3f, 6e-3f);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldTrainTheSameOnAClientsCopyAsOnTheFullModelsLayers(int front) {
        LayerSplit split = TinyModel.split(front, 0.3);
        try (SplitModel server = server(front);
                LlamaWeights held = TinyModel.client(CompressedModel.of(full, split));
                SplitModel client = SplitModel.onClient(held, split)) {
            LocalRound round = round(server, TinyModel.LORA);
            TrainingOptions options = options(3, 4, 30, 0.1);

            LocalOutcome onServer = new LocalTraining(server, TinyModel.LORA, options).run(round, records, Progress.NONE);
            LocalOutcome onClient = new LocalTraining(client, TinyModel.LORA, options).run(round, records, Progress.NONE);

            assertThat(onClient).isEqualTo(onServer);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldFollowAPlainFineTuneOfTheCompressedModel(int front) {
        // One client without alignment is Offsite-tuning: a LoRA fine-tune of the compressed stack, written here again.
        LayerSplit split = TinyModel.split(front, 0.3);
        int steps = 5;
        List<Double> plain = new ArrayList<>();
        List<Double> curve = new ArrayList<>();
        try (LlamaWeights held = TinyModel.client(CompressedModel.of(full, split));
                SplitModel client = SplitModel.onClient(held, split);
                NDManager manager = Torch.newManager()) {
            FactorVector adapter = Alignment.initialAdapter(client, TinyModel.LORA, 5);
            FactorVector emulator = Alignment.initialEmulator(client, TinyModel.LORA, 5);
            LocalRound round = new LocalRound("run-1", "client-1", 1, 11, adapter, emulator);
            new LocalTraining(client, TinyModel.LORA, options(steps, 5, 25, 0))
                    .run(round, records, (step, of, loss) -> curve.add(loss));

            LoraParameters lora = new LoraParameters(manager, adapter, TinyModel.LORA, true);
            AdamW optimiser = new AdamW(manager, new AdamW.Settings(5e-3, 0.9, 0.95, 1e-8, 0.01), lora.arrays());
            BatchOrder order = new BatchOrder(11, "client-1", 1, records.size(), 5);
            for (int step = 0; step < steps; step++) {
                List<TokenizedExample> batch = order.batch(step).stream().map(records::get).toList();
                plain.add(plainStep(client, lora, batch));
                optimiser.step();
            }
        }

        assertThat(curve).hasSize(steps);
        for (int i = 0; i < steps; i++) {
            assertThat(curve.get(i)).isCloseTo(plain.get(i), within(2e-5));
        }
    }

    /** All positions' logits at once, labels -100 on the prompt, no chunks and no pieces. */
    private static double plainStep(SplitModel client, LoraParameters lora, List<TokenizedExample> batch) {
        Gradients.zero(lora.arrays());
        try (NDManager manager = Torch.newManager();
                PackedBatch packed = PackedBatch.of(manager, batch.stream().map(TokenizedExample::tokens).toList());
                Gradients gradients = Gradients.record()) {
            long[] labels = new long[packed.rows()];
            int counted = 0;
            for (int i = 0; i < batch.size(); i++) {
                TokenizedExample example = batch.get(i);
                for (int t = 0; t < example.tokens().length; t++) {
                    boolean reply = t + 1 >= example.promptLength() && t + 1 < example.tokens().length;
                    labels[packed.start(i) + t] = reply ? example.tokens()[t + 1] : -100;
                    counted += reply ? 1 : 0;
                }
            }
            NDArray hidden = client.decoder().layers(client.compressed(), client.decoder().embed(packed), packed,
                    List.of(lora), Optional.empty());
            NDArray sum = Primitives.shared().crossEntropySum(client.decoder().logits(hidden),
                    packed.manager().create(labels));
            NDArray mean = Primitives.shared().scale(sum, 1.0 / counted);
            gradients.backward(mean);
            return mean.getFloat();
        }
    }

    @Test
    void shouldHaveTheLossOfSequencesAlone() {
        try (SplitModel model = server(0); NDManager manager = Torch.newManager()) {
            LocalRound round = round(model, TinyModel.LORA);
            List<TokenizedExample> batch = records.subList(0, 6);
            double sum = 0;
            int tokens = 0;
            try (LoraParameters adapter = new LoraParameters(manager, round.adapter(), TinyModel.LORA, false);
                    LoraParameters emulator = new LoraParameters(manager, round.emulator(), TinyModel.LORA, false)) {
                for (TokenizedExample example : batch) {
                    double[][] logits =
                            Oracle.pass(model, model.compressed(), example.tokens(), adapter, emulator).logits();
                    sum += Oracle.crossEntropySum(example, logits);
                    tokens += example.tokens().length - example.promptLength();
                }
            }

            double loss = slope(model, TinyModel.LORA, options(1, 6, 1000, 0), round, batch).loss();

            assertThat(loss).isCloseTo(sum / tokens, within(1e-5));
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "0, 20", "0, 35", "1, 20"})
    void shouldNotDependOnPiecesOrOrderWithinABatch(int front, int microBatchTokens) {
        try (SplitModel model = server(front)) {
            LocalRound round = round(model, TinyModel.LORA);
            List<TokenizedExample> batch = records.subList(0, 7);
            List<TokenizedExample> shuffled = new ArrayList<>(batch);
            Collections.reverse(shuffled);

            Slope whole = slope(model, TinyModel.LORA, options(1, 7, 1000, 0), round, batch);
            Slope pieces = slope(model, TinyModel.LORA, options(1, 7, microBatchTokens, 0), round, shuffled);

            assertThat(pieces.loss()).isCloseTo(whole.loss(), within(1e-6));
            assertThat(pieces.gradient()).containsExactly(whole.gradient(), within(2e-6f));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldHaveTheGradientOfFiniteDifferences(int front) {
        try (SplitModel model = server(front)) {
            LocalRound round = round(model, TinyModel.LORA);
            TrainingOptions options = options(1, 4, 30, 0);
            List<TokenizedExample> batch = records.subList(0, 4);
            float[] gradient = slope(model, TinyModel.LORA, options, round, batch).gradient();

            float step = 1e-2f;
            for (int i = 0; i < gradient.length; i += 257) {
                float[] up = round.adapter().values();
                float[] down = round.adapter().values();
                up[i] += step;
                down[i] -= step;
                double slope = (slope(model, TinyModel.LORA, options, with(round, up), batch).loss()
                        - slope(model, TinyModel.LORA, options, with(round, down), batch).loss()) / (2 * step);

                assertThat((double) gradient[i]).as("factor " + i).isCloseTo(slope, within(2e-4));
            }
        }
    }

    private static LocalRound with(LocalRound round, float[] adapter) {
        return new LocalRound(round.runId(), round.clientId(), round.round(), round.seed(),
                FactorVector.of(round.adapter().layout(), adapter), round.emulator());
    }

    @Test
    void shouldFeelTheProximalTerm() {
        try (SplitModel model = server(0)) {
            LocalRound round = round(model, TinyModel.LORA);
            FactorVector free = new LocalTraining(model, TinyModel.LORA, options(8, 4, 100, 0))
                    .run(round, records, Progress.NONE).difference();
            FactorVector held = new LocalTraining(model, TinyModel.LORA, options(8, 4, 100, 10))
                    .run(round, records, Progress.NONE).difference();
            ProximalTerm term = new ProximalTerm(round.adapter(), TinyModel.LORA.scale(), 1, ProximalForm.FULL,
                    ProximalSpace.PRODUCT);

            double freeDistance = term.at(round.adapter().plus(free).values()).value();
            double heldDistance = term.at(round.adapter().plus(held).values()).value();

            assertThat(freeDistance).isPositive();
            assertThat(heldDistance).isLessThan(freeDistance / 2);
        }
    }

    @Test
    void shouldAddTheProximalGradientFromTheSecondStepOn() {
        try (SplitModel model = server(0);
                LocalTraining.Step with = new LocalTraining(model, TinyModel.LORA, options(2, 4, 100, 3)).new Step(
                        round(model, TinyModel.LORA));
                LocalTraining.Step without = new LocalTraining(model, TinyModel.LORA, options(2, 4, 100, 0)).new Step(
                        round(model, TinyModel.LORA))) {
            List<TokenizedExample> batch = records.subList(0, 4);

            with.gradients(batch, 0);
            without.gradients(batch, 0);
            assertThat(with.adapter().gradients()).isEqualTo(without.adapter().gradients());

            with.update();
            without.update();
            with.gradients(batch, 1);
            without.gradients(batch, 1);
            float[] expected = new ProximalTerm(round(model, TinyModel.LORA).adapter(), TinyModel.LORA.scale(), 3,
                    ProximalForm.HALF, ProximalSpace.PRODUCT).at(with.adapter().toVector().values()).gradient();
            float[] plain = without.adapter().gradients();
            for (int i = 0; i < expected.length; i++) {
                expected[i] += plain[i];
            }
            assertThat(with.adapter().gradients()).isNotEqualTo(plain).containsExactly(expected, within(1e-6f));
        }
    }

    @Test
    void shouldTrainAgainstTheEmulatorsFactors() {
        try (SplitModel model = server(0)) {
            LocalRound aligned = round(model, TinyModel.LORA);
            LocalRound raw = new LocalRound("run-1", "client-2", 3, 11, aligned.adapter(),
                    FactorVector.zeros(aligned.emulator().layout()));

            double alignedLoss = slope(model, TinyModel.LORA, options(1, 4, 100, 0), aligned, records.subList(0, 4)).loss();
            double rawLoss = slope(model, TinyModel.LORA, options(1, 4, 100, 0), raw, records.subList(0, 4)).loss();

            assertThat(Math.abs(alignedLoss - rawLoss)).isGreaterThan(1e-2);
        }
    }

    @Test
    void shouldNotDropInTheEmulator() {
        // With the adapter's branch at zero only a dropped emulator branch could change the loss.
        LoraSpec dropping = TinyModel.dropout(0.5);
        try (SplitModel model = server(0)) {
            LocalRound aligned = round(model, dropping);
            LocalRound zero = new LocalRound("run-1", "client-2", 3, 11,
                    FactorVector.initial(model.adapterLayout(dropping), 1), aligned.emulator());
            List<TokenizedExample> batch = records.subList(0, 4);
            TrainingOptions options = options(1, 4, 100, 0);

            assertThat(slope(model, dropping, options, zero, batch).loss())
                    .isEqualTo(slope(model, TinyModel.LORA, options, zero, batch).loss());
            assertThat(slope(model, dropping, options, aligned, batch).loss())
                    .as("the adapter drops").isNotEqualTo(slope(model, TinyModel.LORA, options, aligned, batch).loss());
        }
    }

    @Test
    void shouldDrawOrderAndMasksFromSeedClientAndRound() {
        LoraSpec dropping = TinyModel.dropout(0.3);
        try (SplitModel model = server(0)) {
            LocalTraining training = new LocalTraining(model, dropping, options(2, 4, 40, 0));
            LocalRound round = round(model, dropping);
            FactorVector first = training.run(round, records, Progress.NONE).difference();

            assertThat(training.run(round, records, Progress.NONE).difference()).isEqualTo(first);
            // A fork's round 1 that counts as its origin's round 3 is that round.
            assertThat(training.run(new LocalRound("fork", "client-2", 1, 3, 11, round.adapter(), round.emulator()),
                    records, Progress.NONE).difference()).isEqualTo(first);
            for (LocalRound other : List.of(
                    new LocalRound("run-1", "client-3", 3, 11, round.adapter(), round.emulator()),
                    new LocalRound("run-1", "client-2", 4, 11, round.adapter(), round.emulator()),
                    new LocalRound("run-1", "client-2", 3, 12, round.adapter(), round.emulator()))) {
                assertThat(training.run(other, records, Progress.NONE).difference()).isNotEqualTo(first);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(BaseType.class)
    void shouldStopWhenTheLossIsNotFinite(BaseType type) {
        TrainingOptions wild = new TrainingOptions(5, 4, 100, new OptimiserOptions(1e30, 0.9, 0.95, 0), 0,
                ProximalForm.HALF, ProximalSpace.PRODUCT);
        try (LlamaWeights weights = TinyModel.weights(type);
                SplitModel model = SplitModel.onServer(weights, TinyModel.split(0, 0.3))) {
            LocalTraining training = new LocalTraining(model, TinyModel.LORA, wild);

            assertThatThrownBy(() -> training.run(round(model, TinyModel.LORA), records, Progress.NONE))
                    .isInstanceOf(NonFiniteLossException.class)
                    .hasMessageStartingWith("Run run-1, client client-2, round 3, step 2 of 5: the loss is ");
        }
    }

    @Test
    void shouldRefuseFactorsOfAnotherSplit() {
        try (SplitModel model = server(0); SplitModel other = server(1)) {
            LocalTraining training = new LocalTraining(model, TinyModel.LORA, options(1, 4, 100, 0));

            assertThatThrownBy(() -> training.run(round(other, TinyModel.LORA), records, Progress.NONE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Run run-1, client client-2, round 3, adapter: factors of");
        }
    }
}
