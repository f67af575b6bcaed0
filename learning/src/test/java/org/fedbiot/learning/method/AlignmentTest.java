package org.fedbiot.learning.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.fedbiot.learning.data.TokenizedExample;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.model.Decoder;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.learning.model.LayerRef;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.model.LlamaWeights;
import org.fedbiot.learning.model.LoraParameters;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.learning.model.TensorSource;
import org.fedbiot.learning.torch.AdamW;
import org.fedbiot.learning.torch.ChunkedRows;
import org.fedbiot.learning.torch.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** fedbiot-method 1.4 and 6.7 on the server; {@link LocalTrainingTest} lists the defects of 6.1. */
class AlignmentTest {
    private static final OptimiserOptions OPTIMISER = new OptimiserOptions(5e-3, 0.9, 0.95, 0.01);
    private final LlamaWeights full = TinyModel.weights(BaseType.FLOAT32);
    private final List<TokenizedExample> records = TinyModel.examples(40, 4);
    private final List<TokenizedExample> heldOut = TinyModel.examples(9, 5);

    @BeforeEach
    void prepareThread() {
        Torch.useThreads(1);
    }

    @AfterEach
    void closeWeights() {
        full.close();
    }

    private static AlignmentOptions options(int batch, int microBatchTokens, double klWeight,
            AlignmentPositions positions, TeacherAdapter teacherAdapter, OptimiserState state) {
        return new AlignmentOptions(batch, microBatchTokens, OPTIMISER, 0, klWeight, 1, positions, teacherAdapter, state);
    }

    private static AlignmentOptions options(double klWeight) {
        return options(6, 50, klWeight, AlignmentPositions.ALL, TeacherAdapter.CURRENT, OptimiserState.RESET);
    }

    private static AlignmentTask task(SplitModel model, int version, int steps) {
        return new AlignmentTask("run-1", version, steps, 11, TinyModel.factors(model.emulatorLayout(TinyModel.LORA), 1),
                TinyModel.factors(model.adapterLayout(TinyModel.LORA), 2), Optional.empty());
    }

    private static AlignmentTask untrained(SplitModel model, int steps) {
        return new AlignmentTask("run-1", 0, steps, 11, Alignment.initialEmulator(model, TinyModel.LORA, 11),
                Alignment.initialAdapter(model, TinyModel.LORA, 11), Optional.empty());
    }

    private AlignmentOutcome run(SplitModel model, AlignmentOptions options, AlignmentTask task) {
        return new Alignment(model, TinyModel.LORA, options).run(task, records, heldOut, Progress.NONE);
    }

    @Test
    void shouldGiveTheVectorOfL2() {
        try (NDManager manager = Torch.newManager()) {
            for (float scale : new float[] {1, 10}) {
                NDArray teacher = manager.create(new float[] {scale, -2 * scale, 3 * scale, 0.5f * scale}, new Shape(1, 4));
                NDArray student = manager.create(new float[] {0.8f * scale, -1.5f * scale, 2.5f * scale, scale}, new Shape(1, 4));

                assertThat(AlignmentStep.relativeError(student, teacher).getFloat()).isCloseTo(0.0554386f, within(1e-6f));
            }
            assertThat(Oracle.relativeError(new double[][] {{1, -2, 3, 0.5}}, new double[][] {{0.8, -1.5, 2.5, 1}}))
                    .isCloseTo(0.0554386, within(1e-7));
        }
    }

    @Test
    void shouldGiveTheVectorOfKl() {
        double[][] teacher = {{2, 0, -1}, {.5, .5, 0}};
        double[][] student = {{1, 0, 0}, {0, 1, 0}};
        assertThat(Oracle.divergence(teacher, student, 1)).isCloseTo(0.1384040, within(1e-7));
        assertThat(Oracle.divergence(student, teacher, 1)).isCloseTo(0.1714445, within(1e-7));

        // A head that turns hidden row 2 * e_i, whose root mean square is 1, into the i-th of the four logit rows.
        double[][] columns = {teacher[0], teacher[1], student[0], student[1]};
        LlamaConfig config = new LlamaConfig(3, 4, 4, 1, 1, 1, 4, 10_000, 1e-12, false, 8);
        try (LlamaWeights weights = LlamaWeights.load(config, head(config, columns), BaseType.FLOAT32);
                Decoder decoder = new Decoder(weights); NDManager manager = Torch.newManager()) {
            NDArray taught = manager.create(new float[] {2, 0, 0, 0, 0, 2, 0, 0}, new Shape(2, 4));
            NDArray rows = manager.create(new float[] {0, 0, 2, 0, 0, 0, 0, 2}, new Shape(2, 4));

            for (int chunk : new int[] {1, 2}) {
                double sum = ChunkedRows.value(rows, chunk, HeadLoss.divergence(decoder, taught, 1));
                assertThat(sum / 2).isCloseTo(0.1384040, within(1e-6));
                assertThat(ChunkedRows.value(rows, chunk, HeadLoss.divergence(decoder, rows, 1))).isZero();
            }
        }
    }

    private static TensorSource head(LlamaConfig config, double[][] columns) {
        Map<String, Shape> shapes = LlamaWeights.shapes(config);
        return new TensorSource() {
            @Override
            public Set<String> names() {
                return shapes.keySet();
            }

            @Override
            public long[] shape(String name) {
                return shapes.get(name).getShape();
            }

            @Override
            public ByteBuffer float32(String name) {
                int size = (int) shapes.get(name).size();
                ByteBuffer values = ByteBuffer.allocateDirect(size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                for (int i = 0; i < size; i++) {
                    values.putFloat(name.equals(LlamaWeights.HEAD) ? (float) (columns[i % 4][i / 4] / 2) : 1f);
                }
                return values.flip();
            }
        };
    }

    @ParameterizedTest
    @CsvSource({
        "0, ALL, CURRENT, 1", "0, RESPONSE, CURRENT, 1", "0, ALL, ORIGINAL, 2",
        "1, ALL, CURRENT, 1", "2, RESPONSE, ORIGINAL, 0.5"})
    void shouldMeasureWhatTheSpecificationSays(int front, AlignmentPositions positions, TeacherAdapter teacherAdapter,
            double temperature) {
        try (SplitModel model = SplitModel.onServer(full, TinyModel.split(front, 0.4));
                NDManager manager = Torch.newManager()) {
            AlignmentTask task = task(model, 1, 0);
            AlignmentOptions options = new AlignmentOptions(6, 40, OPTIMISER, 0, 0.7, temperature, positions,
                    teacherAdapter, OptimiserState.RESET);

            AlignmentLoss loss = run(model, options, task).before();

            AlignmentLoss expected = oracle(manager, model, task, heldOut, options);
            assertThat(loss.l2()).isCloseTo(expected.l2(), within(1e-5));
            assertThat(loss.kl()).isCloseTo(expected.kl(), within(1e-5));
            assertThat(loss.loss()).isCloseTo(expected.loss(), within(2e-5));
            assertThat(loss.l2()).isGreaterThan(1e-2);
            assertThat(loss.kl()).isGreaterThan(1e-2);
        }
    }

    /** Each sequence alone; the teacher in as many passes as its definition has. */
    private static AlignmentLoss oracle(NDManager manager, SplitModel model, AlignmentTask task,
            List<TokenizedExample> examples, AlignmentOptions options) {
        List<double[]> stack = new ArrayList<>();
        List<double[]> stackTaught = new ArrayList<>();
        List<double[]> logits = new ArrayList<>();
        List<double[]> logitsTaught = new ArrayList<>();
        try (LoraParameters adapter = new LoraParameters(manager, task.adapter(), TinyModel.LORA, false);
                LoraParameters emulator = new LoraParameters(manager, task.emulator(), TinyModel.LORA, false)) {
            LoraParameters[] teachers = options.teacherAdapter() == TeacherAdapter.CURRENT
                    ? new LoraParameters[] {adapter} : new LoraParameters[0];
            List<LayerRef> studentStack = Stream.concat(model.frontAdapter().stream(), model.emulator().stream()).toList();
            List<LayerRef> teacherStack = Stream.concat(model.frontAdapter().stream(), model.teacher().stream()).toList();
            for (TokenizedExample example : examples) {
                int[] tokens = example.tokens();
                int from = options.positions() == AlignmentPositions.ALL ? 0 : example.promptLength() - 1;
                int to = options.positions() == AlignmentPositions.ALL ? tokens.length : tokens.length - 1;
                stack.addAll(cut(Oracle.pass(model, studentStack, tokens, adapter, emulator).hidden(), from, to));
                stackTaught.addAll(cut(Oracle.pass(model, teacherStack, tokens, adapter).hidden(), from, to));
                logits.addAll(cut(Oracle.pass(model, model.compressed(), tokens, adapter, emulator).logits(), from, to));
                logitsTaught.addAll(cut(Oracle.pass(model, model.full(), tokens, teachers).logits(), from, to));
            }
        }
        double l2 = Oracle.relativeError(stackTaught.toArray(double[][]::new), stack.toArray(double[][]::new));
        double kl = Oracle.divergence(logitsTaught.toArray(double[][]::new), logits.toArray(double[][]::new),
                options.temperature());
        return new AlignmentLoss(l2, kl, l2 + options.klWeight() * kl);
    }

    private static List<double[]> cut(double[][] rows, int from, int to) {
        return Arrays.asList(rows).subList(from, to);
    }

    @ParameterizedTest
    @CsvSource({"0, 0.7, ALL", "0, 0, RESPONSE", "1, 0.7, RESPONSE"})
    void shouldHaveLossAndGradientOfTheSpecification(int front, double klWeight, AlignmentPositions positions) {
        // Given one piece, whose loss the oracle knows in doubles.
        List<TokenizedExample> batch = records.subList(0, 4);
        AlignmentOptions options = options(4, 1000, klWeight, positions, TeacherAdapter.CURRENT, OptimiserState.RESET);
        try (SplitModel model = SplitModel.onServer(full, TinyModel.split(front, 0.4));
                NDManager manager = Torch.newManager()) {
            AlignmentTask task = task(model, 1, 1);
            float[] gradient;
            try (LoraParameters emulator = new LoraParameters(manager, task.emulator(), TinyModel.LORA, true);
                    LoraParameters adapter = new LoraParameters(manager, task.adapter(), TinyModel.LORA, false)) {
                AlignmentStep step = new AlignmentStep(model, TinyModel.LORA, options, emulator, adapter, 1);

                double loss = step.gradients(manager, batch, 0);

                assertThat(loss).isCloseTo(oracle(manager, model, task, batch, options).loss(), within(1e-5));
                gradient = emulator.gradients();
            }
            float step = 1e-2f;
            for (int i = 0; i < gradient.length; i += 397) {
                double slope = (oracle(manager, model, moved(task, i, step), batch, options).loss()
                        - oracle(manager, model, moved(task, i, -step), batch, options).loss()) / (2 * step);

                assertThat((double) gradient[i]).as("factor " + i).isCloseTo(slope, within(3e-4));
            }
        }
    }

    @Test
    void shouldRepeatAnOriginsVersionUnderAForksNumber() {
        try (SplitModel model = SplitModel.onServer(full, TinyModel.split(0, 0.4))) {
            AlignmentTask origin = task(model, 3, 2);

            FactorVector expected = run(model, options(1), origin).emulator();

            assertThat(run(model, options(1), new AlignmentTask("fork", 1, 3, 2, 11, origin.emulator(),
                    origin.adapter(), Optional.empty())).emulator()).isEqualTo(expected);
            assertThat(run(model, options(1), task(model, 1, 2)).emulator()).isNotEqualTo(expected);
        }
    }

    private static AlignmentTask moved(AlignmentTask task, int factor, float by) {
        float[] values = task.emulator().values();
        values[factor] += by;
        return new AlignmentTask(task.runId(), task.emulatorVersion(), task.steps(), task.seed(),
                FactorVector.of(task.emulator().layout(), values), task.adapter(), task.moments());
    }

    @ParameterizedTest
    @EnumSource(BaseType.class)
    void shouldEqualTheFullModelBitForBitAtDropRateZero(BaseType type) {
        try (LlamaWeights weights = TinyModel.weights(type);
                SplitModel model = SplitModel.onServer(weights, TinyModel.split(0, 0));
                NDManager manager = Torch.newManager();
                LoraParameters adapter = new LoraParameters(manager,
                        Alignment.initialAdapter(model, TinyModel.LORA, 11), TinyModel.LORA, false);
                LoraParameters emulator = new LoraParameters(manager,
                        Alignment.initialEmulator(model, TinyModel.LORA, 11), TinyModel.LORA, false)) {
            AlignmentLoss loss = run(model, options(1), untrained(model, 0)).before();

            assertThat(loss).isEqualTo(new AlignmentLoss(0, 0, 0));
            if (type == BaseType.FLOAT32) {
                int[] tokens = records.get(0).tokens();
                assertThat(Oracle.pass(model, model.compressed(), tokens, adapter, emulator).logits())
                        .isDeepEqualTo(Oracle.pass(model, model.full(), tokens).logits());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0, 1", "1, 1"})
    void shouldLowerTheLossOverThePreAlignment(int front, double klWeight) {
        try (SplitModel model = SplitModel.onServer(full, TinyModel.split(front, 0.4))) {
            AlignmentOutcome outcome = run(model, options(klWeight), untrained(model, 25));

            assertThat(outcome.after().loss()).isLessThan(outcome.before().loss() * 0.97);
            assertThat(outcome.after().l2()).isLessThan(outcome.before().l2());
            assertThat(outcome.stepLosses()).hasSize(25);
            assertThat(outcome.stepLosses().get(24)).isLessThan(outcome.stepLosses().get(0));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldTrainTheEmulatorAlone(int front) {
        try (SplitModel model = SplitModel.onServer(full, TinyModel.split(front, 0.4))) {
            Map<String, ByteBuffer> before = TinyModel.bits(full);
            AlignmentTask task = task(model, 1, 3);
            FactorVector adapter = FactorVector.of(task.adapter().layout(), task.adapter().values());

            AlignmentOutcome outcome = run(model, options(1), task);

            assertThat(TinyModel.bits(full)).isEqualTo(before);
            assertThat(task.adapter()).isEqualTo(adapter);
            assertThat(outcome.emulator().layout()).isEqualTo(model.emulatorLayout(TinyModel.LORA));
            assertThat(outcome.emulator().minus(task.emulator()).values()).doesNotContain(0f);
        }
    }

    @Test
    void shouldDropInTheEmulatorAlone() {
        // B zero in the emulator: what drops there changes nothing, what dropped in the adapter would.
        LoraSpec dropping = TinyModel.dropout(0.5);
        try (SplitModel model = SplitModel.onServer(full, TinyModel.split(1, 0.4))) {
            FactorVector adapter = TinyModel.factors(model.adapterLayout(TinyModel.LORA), 2);
            FactorVector zero = Alignment.initialEmulator(model, TinyModel.LORA, 11);
            FactorVector trained = TinyModel.factors(model.emulatorLayout(TinyModel.LORA), 1);

            assertThat(firstLoss(model, dropping, zero, adapter)).isEqualTo(firstLoss(model, TinyModel.LORA, zero, adapter));
            assertThat(firstLoss(model, dropping, trained, adapter))
                    .isNotEqualTo(firstLoss(model, TinyModel.LORA, trained, adapter));
        }
    }

    private double firstLoss(SplitModel model, LoraSpec lora, FactorVector emulator, FactorVector adapter) {
        AlignmentTask task = new AlignmentTask("run-1", 1, 1, 11, emulator, adapter, Optional.empty());
        return new Alignment(model, lora, options(1)).run(task, records, heldOut, Progress.NONE).stepLosses().get(0);
    }

    @Test
    void shouldNeedNoLogitsWithoutKl() {
        try (LlamaWeights headless = TinyModel.headless();
                SplitModel model = SplitModel.onServer(headless, TinyModel.split(0, 0.4))) {
            AlignmentOutcome outcome = run(model, options(0), task(model, 1, 2));

            assertThat(outcome.after().loss()).isFinite().isEqualTo(outcome.after().l2());
            assertThatThrownBy(() -> run(model, options(1), task(model, 1, 2)))
                    .isInstanceOf(NonFiniteLossException.class)
                    .hasMessageStartingWith("Run run-1, alignment for emulator version 1, step 1 of 2: the loss is NaN");
            assertThatThrownBy(() -> run(model, options(1), task(model, 1, 0)))
                    .isInstanceOf(NonFiniteLossException.class)
                    .hasMessageContaining("measured after step 0: the loss is NaN");
        }
    }

    @Test
    void shouldGoOnWithKeptMoments() {
        try (SplitModel model = SplitModel.onServer(full, TinyModel.split(0, 0.4))) {
            AlignmentOptions keeping = options(6, 50, 1, AlignmentPositions.ALL, TeacherAdapter.CURRENT, OptimiserState.KEPT);
            AdamW.State moments = run(model, keeping, task(model, 1, 4)).moments();
            AlignmentTask fresh = task(model, 2, 1);
            AlignmentTask going = new AlignmentTask("run-1", 2, 1, 11, fresh.emulator(), fresh.adapter(), Optional.of(moments));

            AlignmentOutcome kept = run(model, keeping, going);

            assertThat(moments.steps()).isEqualTo(4);
            assertThat(kept.moments().steps()).isEqualTo(5);
            assertThat(kept.emulator()).isNotEqualTo(run(model, keeping, fresh).emulator());
            // RESET takes no notice of moments that it is given.
            assertThat(run(model, options(1), going).emulator()).isEqualTo(run(model, options(1), fresh).emulator());
        }
    }

    @Test
    void shouldWarmUp() {
        AlignmentOptions warm = new AlignmentOptions(6, 50, OPTIMISER, 3, 1, 1, AlignmentPositions.ALL,
                TeacherAdapter.CURRENT, OptimiserState.RESET);
        assertThat(warm.learningRate(0)).isCloseTo(5e-3 / 4, within(1e-15));
        assertThat(warm.learningRate(2)).isCloseTo(5e-3 * 3 / 4, within(1e-15));
        assertThat(warm.learningRate(3)).isEqualTo(5e-3);
        assertThat(warm.learningRate(100)).isEqualTo(5e-3);

        try (SplitModel model = SplitModel.onServer(full, TinyModel.split(0, 0.4))) {
            AlignmentTask task = task(model, 1, 1);
            float largest = 0;
            for (float change : run(model, warm, task).emulator().minus(task.emulator()).values()) {
                largest = Math.max(largest, Math.abs(change));
            }
            // Adam's first step is as large as the rate.
            assertThat(largest).isBetween(1.2e-3f, 1.4e-3f);
        }
    }

    @Test
    void shouldRefuseAClientsModelAndMissingRecords() {
        LayerSplit split = TinyModel.split(0, 0.4);
        try (LlamaWeights held = TinyModel.client(CompressedModel.of(full, split));
                SplitModel client = SplitModel.onClient(held, split); SplitModel server = SplitModel.onServer(full, split)) {
            assertThatThrownBy(() -> new Alignment(client, TinyModel.LORA, options(1)))
                    .hasMessageContaining("needs the full model");
            Alignment alignment = new Alignment(server, TinyModel.LORA, options(1));
            assertThatThrownBy(() -> alignment.run(task(server, 1, 1), records, List.of(), Progress.NONE))
                    .hasMessageContaining("no held-out public record");
        }
    }
}
