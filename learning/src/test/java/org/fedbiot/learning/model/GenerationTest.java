package org.fedbiot.learning.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.fedbiot.learning.torch.Primitives;
import org.fedbiot.learning.torch.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GenerationTest {
    private static final IntConsumer NOBODY = ended -> { };
    private final Primitives primitives = Primitives.shared();
    private final List<int[]> prompts = TinyModel.sequences(11, 5, 1, 9, 3, 7);
    private NDManager manager;

    @BeforeEach
    void open() {
        Torch.useThreads(1);
        manager = Torch.newManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @EnumSource(BaseType.class)
    void shouldContinueAsTheFullForwardPassDoes(BaseType type) {
        try (LlamaWeights weights = GoldenCase.weights(false, type); Decoder decoder = new Decoder(weights);
                LoraParameters lora = GoldenCase.lora(manager, List.of(1, 3), false)) {
            List<int[]> replies = generation(decoder, lora, 12, 2, Set.of(), Sampling.greedy()).replies(prompts, NOBODY);

            for (int i = 0; i < prompts.size(); i++) {
                assertThat(replies.get(i)).as("reply %d", i).hasSize(12);
                assertEachIsTheLikeliest(decoder, lora, prompts.get(i), replies.get(i), type == BaseType.FLOAT32 ? 1e-4f : 0.1f);
            }
        }
    }

    @Test
    void shouldEndEachReplyAtItsStopTokenWhateverItsBatch() {
        try (LlamaWeights weights = GoldenCase.weights(false, BaseType.FLOAT32); Decoder decoder = new Decoder(weights);
                LoraParameters lora = GoldenCase.lora(manager, List.of(1, 3), false)) {
            List<int[]> endless = generation(decoder, lora, 12, 5, Set.of(), Sampling.greedy()).replies(prompts, NOBODY);
            Set<Integer> stops = Set.of(endless.get(0)[4], endless.get(2)[0]);
            List<int[]> expected = endless.stream().map(reply -> untilStop(reply, stops)).toList();
            assertThat(expected.stream().map(reply -> reply.length).distinct().count()).as("replies that end at different times").isGreaterThan(1);

            for (int batchSize : new int[] {1, 2, 5}) {
                List<int[]> replies = generation(decoder, lora, 12, batchSize, stops, Sampling.greedy()).replies(prompts, NOBODY);
                assertThat(replies).as("batches of %d", batchSize).usingElementComparator(Arrays::compare).containsExactlyElementsOf(expected);
            }
        }
    }

    @Test
    void shouldCutEachReplyByItsOwnLengthAtTheContextLength() {
        // Given prompts that leave 14, 4, 1 and no place of a context of 64
        List<int[]> near = List.of(prompt(50), prompt(60), prompt(63), prompt(64));
        try (LlamaWeights weights = GoldenCase.weights(false, BaseType.FLOAT32); Decoder decoder = new Decoder(weights);
                LoraParameters lora = GoldenCase.lora(manager, List.of(3), false)) {
            // When each runs alone, and all in one batch
            List<int[]> alone = generation(decoder, lora, 100, 1, Set.of(), Sampling.greedy()).replies(near, NOBODY);
            List<int[]> together = generation(decoder, lora, 100, 4, Set.of(), Sampling.greedy()).replies(near, NOBODY);

            // Then
            assertThat(alone).extracting(reply -> reply.length).containsExactly(14, 4, 1, 0);
            assertThat(together).usingElementComparator(Arrays::compare).containsExactlyElementsOf(alone);
        }
    }

    private static int[] prompt(int length) {
        return IntStream.range(0, length).map(i -> i % 61).toArray();
    }

    @Test
    void shouldTellAfterEveryTokenHowManyRepliesHaveEnded() {
        try (LlamaWeights weights = GoldenCase.weights(false, BaseType.FLOAT32); Decoder decoder = new Decoder(weights);
                LoraParameters lora = GoldenCase.lora(manager, List.of(3), false)) {
            List<Integer> told = new ArrayList<>();

            generation(decoder, lora, 3, 2, Set.of(), Sampling.greedy()).replies(prompts, told::add);

            assertThat(told).containsExactly(0, 0, 2, 2, 2, 4, 4, 4, 5);
        }
    }

    @Test
    void shouldEndWhenToldToBetweenTwoTokens() {
        try (LlamaWeights weights = GoldenCase.weights(false, BaseType.FLOAT32); Decoder decoder = new Decoder(weights);
                LoraParameters lora = GoldenCase.lora(manager, List.of(3), false)) {
            List<Integer> told = new ArrayList<>();

            assertThatThrownBy(() -> generation(decoder, lora, 50, 5, Set.of(), Sampling.greedy()).replies(prompts, ended -> {
                told.add(ended);
                throw new IllegalStateException("closed");
            })).hasMessage("closed");

            assertThat(told).containsExactly(0);
        }
    }

    @Test
    void shouldDrawTheSameReplyForTheSameSeedOnly() {
        try (LlamaWeights weights = GoldenCase.weights(false, BaseType.FLOAT32); Decoder decoder = new Decoder(weights);
                LoraParameters lora = GoldenCase.lora(manager, List.of(3), false)) {
            List<int[]> first = generation(decoder, lora, 10, 2, Set.of(), new Sampling(1, .9, 5)).replies(prompts, NOBODY);

            assertThat(generation(decoder, lora, 10, 5, Set.of(), new Sampling(1, .9, 5)).replies(prompts, NOBODY)).usingElementComparator(Arrays::compare).containsExactlyElementsOf(first);
            assertThat(generation(decoder, lora, 10, 2, Set.of(), new Sampling(1, .9, 6)).replies(prompts, NOBODY).get(0)).isNotEqualTo(first.get(0));
        }
    }

    @Test
    void shouldDrawByProbabilityInsideTheNucleus() {
        float[] logits = {(float) Math.log(.5), (float) Math.log(.3), (float) Math.log(.15), (float) Math.log(.05)};
        int[] counts = new int[4];
        for (int i = 0; i < 20_000; i++) {
            counts[new Sampling(1, .7, 3).draw(logits, 0, i)]++;
        }

        // .5 and .3 are the smallest set that reaches .7; drawn in proportion 5 : 3.
        assertThat(counts[2] + counts[3]).isZero();
        assertThat(counts[0] / 20_000.0).isBetween(.615, .635);
    }

    private static Generation generation(Decoder decoder, LoraParameters lora, int tokens, int batch, Set<Integer> stops, Sampling sampling) {
        return new Generation(decoder, GoldenCase.layers(GoldenCase.all()), List.of(lora), new Generation.Settings(tokens, batch, stops, sampling));
    }

    private void assertEachIsTheLikeliest(Decoder decoder, LoraParameters lora, int[] prompt, int[] reply, float tolerance) {
        int[] whole = Arrays.copyOf(prompt, prompt.length + reply.length);
        System.arraycopy(reply, 0, whole, prompt.length, reply.length);
        try (PackedBatch batch = PackedBatch.of(manager, List.of(whole))) {
            NDArray hidden = decoder.layers(GoldenCase.layers(GoldenCase.all()), decoder.embed(batch), batch, List.of(lora), Optional.empty());
            float[] logits = primitives.toFloat32(decoder.logits(hidden)).toFloatArray();
            for (int i = 0; i < reply.length; i++) {
                float[] row = Arrays.copyOfRange(logits, (prompt.length - 1 + i) * 61, (prompt.length + i) * 61);
                float best = Float.NEGATIVE_INFINITY;
                for (float logit : row) {
                    best = Math.max(best, logit);
                }
                // Cached and full passes sum in other orders, so that near-equal logits may swap.
                assertThat(row[reply[i]]).as("token %d", i).isGreaterThanOrEqualTo(best - tolerance);
            }
        }
    }

    private static int[] untilStop(int[] reply, Set<Integer> stops) {
        List<Integer> kept = new ArrayList<>();
        for (int token : reply) {
            if (stops.contains(token)) {
                break;
            }
            kept.add(token);
        }
        return kept.stream().mapToInt(Integer::intValue).toArray();
    }
}
