package org.fedbiot.cli.experiment.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.learning.model.Projection;
import org.fedbiot.schemas.event.AlignmentPositions;
import org.fedbiot.schemas.event.AlignmentSettings;
import org.fedbiot.schemas.event.LoraSettings;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.TeacherAdapter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Against every matrix product of LocalTraining, Alignment, HeldOut and Evaluation, written out one by one. */
class MethodFlopsTest {

    private static final int TRAIN_TOKENS = 10;
    private static final int TRAIN_REPLY = 4;
    private static final int PUBLIC_TOKENS = 7;
    private static final int PUBLIC_REPLY = 5;
    private static final int OWN_TOKENS = 9;
    private static final int OWN_REPLY = 5;

    /** Kept layers are three in each. */
    private record Cut(int front, int back) {

        int teacher() {
            return 6 - front - back;
        }

        RunSpec spec(List<String> targets) {
            RunSpec spec = CostSpecs.fedbiot();
            return RunSpec.newBuilder(spec).setLora(LoraSettings.newBuilder(spec.getLora()).setTargets(targets).build())
                    .setSplit(CostSpecs.split(front, back, front, front + 1, front + 2)).build();
        }
    }

    static Stream<Arguments> cuts() {
        List<List<String>> targets = List.of(List.of("q", "v"), List.of("o"), List.of("up"), List.of("down"),
                List.of("k", "gate"), List.of("q", "k", "v", "o", "gate", "up", "down"));
        return Stream.of(new Cut(0, 2), new Cut(0, 1), new Cut(1, 1), new Cut(2, 1))
                .flatMap(cut -> targets.stream().map(some -> arguments(cut, some)));
    }

    @ParameterizedTest
    @MethodSource("cuts")
    void shouldCountEveryProductOfAClientsRound(Cut cut, List<String> targets) {
        // Given forward and backward of one record
        Tape tape = tape(targets);
        boolean gradient = tape.layers(cut.front(), TRAIN_TOKENS, false, true, true);
        gradient = tape.layers(3, TRAIN_TOKENS, gradient, true, false);
        tape.layers(cut.back(), TRAIN_TOKENS, gradient, true, true);
        tape.head(TRAIN_REPLY, true);

        // When, then: 10 steps of 2 records
        assertThat(flops(cut.spec(targets)).clientRound()).isEqualTo(20 * tape.flops());
    }

    @ParameterizedTest
    @MethodSource("cuts")
    void shouldCountEveryProductOfAnAlignment(Cut cut, List<String> targets) {
        for (boolean logits : List.of(true, false)) {
            for (boolean response : List.of(true, false)) {
                for (TeacherAdapter teacher : List.of(TeacherAdapter.CURRENT, TeacherAdapter.ORIGINAL)) {
                    // Given
                    RunSpec spec = cut.spec(targets);
                    RunSpec aligned = CostSpecs.with(spec, AlignmentSettings.newBuilder(spec.getAlignment())
                            .setKlWeight(logits ? 1 : 0).setTeacherAdapter(teacher)
                            .setPositions(response ? AlignmentPositions.RESPONSE : AlignmentPositions.ALL));
                    int rows = response ? PUBLIC_REPLY : PUBLIC_TOKENS;

                    // One record in a step
                    Tape step = tape(targets);
                    teach(step, cut, teacher, logits);
                    boolean stack = step.layers(3, PUBLIC_TOKENS, false, true, true);
                    if (logits) {
                        step.layers(cut.back(), PUBLIC_TOKENS, stack, true, false);
                        step.head(rows, true);
                        step.head(rows, false);
                    }

                    // One record's lesson, and one measurement of it
                    Tape lesson = tape(targets);
                    teach(lesson, cut, teacher, true);
                    Tape measured = tape(targets);
                    measured.layers(3 + cut.back(), PUBLIC_TOKENS, false, true, false);
                    measured.head(2 * rows, false);

                    // When, then: batches of 5, 6 records held out
                    MethodFlops flops = flops(aligned);
                    assertThat(flops.alignment(3))
                            .isEqualTo(15 * step.flops() + 6 * (lesson.flops() + 2 * measured.flops()));
                    assertThat(flops.alignment(0)).isEqualTo(6 * (lesson.flops() + measured.flops()));
                }
            }
        }
    }

    /** The full model's pass, in which nothing trains. */
    private static void teach(Tape tape, Cut cut, TeacherAdapter teacher, boolean logits) {
        tape.layers(cut.front(), PUBLIC_TOKENS, false, true, false);
        tape.layers(cut.teacher(), PUBLIC_TOKENS, false, false, false);
        if (logits && teacher == TeacherAdapter.ORIGINAL && cut.front() > 0) {
            tape.layers(cut.front() + cut.teacher(), PUBLIC_TOKENS, false, false, false);
        }
        if (logits) {
            tape.layers(cut.back(), PUBLIC_TOKENS, false, teacher == TeacherAdapter.CURRENT, false);
        }
    }

    @ParameterizedTest
    @MethodSource("cuts")
    void shouldCountEveryProductOfAnEvaluation(Cut cut, List<String> targets) {
        // Given 8 records scored, of which 2 are generated: 4 of 5 reply tokens after a prompt of 4
        Tape tuned = tape(targets);
        Tape raw = tape(targets);
        for (Tape tape : List.of(tuned, raw)) {
            boolean factors = tape == tuned;
            for (int record = 0; record < 8; record++) {
                tape.layers(cut.front() + cut.back(), OWN_TOKENS, false, factors, false);
                tape.head(OWN_REPLY, false);
                tape.layers(3 + cut.front() + cut.back(), OWN_TOKENS, false, factors, false);
                tape.head(OWN_REPLY, false);
            }
            for (int record = 0; record < 2; record++) {
                for (boolean full : List.of(true, false)) {
                    generate(tape, cut, full, factors, OWN_TOKENS - OWN_REPLY, OWN_TOKENS - OWN_REPLY);
                    for (int written = 1; written < 4; written++) {
                        generate(tape, cut, full, factors, 1, OWN_TOKENS - OWN_REPLY + written);
                    }
                }
            }
        }
        Tape stack = tape(targets);
        stack.layers(cut.teacher(), OWN_TOKENS, false, false, false);

        // When
        MethodFlops flops = flops(cut.spec(targets));

        // Then the teacher stack runs once for both full models where their input is the same
        double later = tuned.flops() + 8 * stack.flops();
        assertThat(flops.evaluation(false)).isEqualTo(later);
        assertThat(flops.evaluation(true))
                .isEqualTo(later + raw.flops() + (cut.front() == 0 ? 0 : 8) * stack.flops());
    }

    private static void generate(Tape tape, Cut cut, boolean full, boolean factors, int tokens, int keys) {
        for (int layer = 0; layer < cut.front() + cut.back(); layer++) {
            tape.layer(tokens, keys, false, factors, false);
        }
        for (int layer = 0; layer < (full ? cut.teacher() : 3); layer++) {
            tape.layer(tokens, keys, false, factors && !full, false);
        }
        tape.head(1, false);
    }

    @Test
    void shouldCountTheClientsOwnScores() {
        // Given 9 held-out records of 11 tokens, 3 of them replies
        Tape tape = tape(List.of("q", "v", "down"));
        tape.layers(5, 11, false, false, false);
        tape.layers(5, 11, false, true, false);
        tape.head(6, false);

        // When, then
        assertThat(flops(CostSpecs.fedbiot()).ownScores()).isEqualTo(9 * tape.flops());
    }

    @Test
    void shouldGiveTwoOperationsForEachWeightOfALlamaLayerAndToken() {
        // Given a layer of LLaMA-2-7B: 202,383,360 parameters, of which 8,192 are norms
        LlamaConfig llama = new LlamaConfig(32_000, 4096, 11_008, 32, 32, 32, 128, 10_000, 1e-5, false, 4096);
        LoraSpec lora = new LoraSpec(8, 16, 0, List.of(Projection.Q, Projection.V));

        // When
        double one = new LayerFlops(llama, lora, 1).forward(Branch.NONE);
        double adapted = new LayerFlops(llama, lora, 1).forward(Branch.FROZEN);

        // Then: attention to one key is 4 x 4,096; LoRA has 131,072 parameters
        assertThat(one).isEqualTo(2.0 * (202_383_360 - 8_192) + 4 * 4_096);
        assertThat(adapted - one).isEqualTo(2.0 * 131_072);
    }

    @Test
    void shouldTakeThreeForwardPassesToTrainAllWeights() {
        // Given
        Tape tape = tape(List.of());
        tape.layers(6, TRAIN_TOKENS, false, false, false);
        tape.head(TRAIN_REPLY, false);

        // When, then
        assertThat(flops(CostSpecs.fedbiot()).fullWeightRound()).isEqualTo(20 * 3 * tape.flops());
    }

    @Test
    void shouldCountAWholeRunByItsPlan() {
        // Given three rounds of three clients, aligned before rounds 2 and 3, evaluated after each
        RunSpec spec = CostSpecs.fedbiot();
        MethodFlops flops = flops(spec);

        // When
        RunFlops run = RunFlops.of(spec, CostSpecs.CONFIG, CostSpecs.TEXTS);

        // Then
        assertThat(run.compress()).isEqualTo(flops.alignment(4));
        assertThat(run.realign()).isEqualTo(2 * flops.alignment(2));
        assertThat(run.train()).isEqualTo(9 * flops.clientRound());
        assertThat(run.evaluate()).isCloseTo(flops.evaluation(true) + 2 * flops.evaluation(false)
                + flops.ownScores(), within(1e-3));
        assertThat(run.method()).isEqualTo(run.compress() + run.realign() + run.train());
        assertThat(RunFlops.of(CostSpecs.withoutAlignment(spec), CostSpecs.CONFIG, CostSpecs.TEXTS).realign()).isZero();
    }

    private static MethodFlops flops(RunSpec spec) {
        return new MethodFlops(spec, CostSpecs.CONFIG, CostSpecs.TEXTS);
    }

    private static Tape tape(List<String> targets) {
        Set<String> all = new TreeSet<>(targets);
        return new Tape(CostSpecs.CONFIG, 3, all);
    }
}
