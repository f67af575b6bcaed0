package org.fedbiot.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.fedbiot.schemas.event.AggregationRule;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.CloseReason;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.ServerOptimiser;
import org.fedbiot.schemas.integrity.LittleEndian;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShardFoldTest {

    private static final int ELEMENTS = 57;

    private final float[] base = vector(1);

    @Test
    void shouldGiveTheBaseBitForBitWithoutUpdates() {
        // Given: a base that adding zero would not change but rounding might
        float[] odd = {1.1f, Float.MIN_VALUE, -3e38f, -0f};
        float[] state = {1, 2, 3, 4};

        // When
        ShardFold.Folded folded = fold(settings(AggregationRule.MEAN).setServerOptimiser(ServerOptimiser.MOMENTUM),
                odd, Optional.of(state), List.of());

        // Then nothing moves, momentum or not: nobody said anything
        assertThat(folded.values()).containsExactly(odd).isNotSameAs(odd);
        assertThat(folded.serverState()).contains(state);
    }

    @Test
    void shouldAverageUniformlyByEqualWeights() {
        // Given
        List<float[]> differences = List.of(vector(2), vector(3), vector(4));

        // When
        float[] folded = fold(settings(AggregationRule.MEAN), base, differences);

        // Then
        for (int i = 0; i < ELEMENTS; i++) {
            BigDecimal sum = BigDecimal.ZERO;
            for (float[] difference : differences) {
                sum = sum.add(new BigDecimal(difference[i]));
            }
            BigDecimal exact = new BigDecimal(base[i]).add(sum.divide(BigDecimal.valueOf(3), MathContext.DECIMAL128));
            assertThat(folded[i]).isCloseTo(exact.floatValue(), within(Math.ulp(exact.floatValue())));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 8, 11, 100, 257})
    void shouldTakeTheMedianOfEachElement(int clients) {
        // Given
        List<float[]> differences = differences(clients);

        // When
        float[] folded = fold(settings(AggregationRule.MEDIAN), base, differences);

        // Then: exact arithmetic over values sorted by hand
        for (int i = 0; i < ELEMENTS; i++) {
            List<BigDecimal> sorted = sorted(differences, i);
            BigDecimal median = clients % 2 == 1
                    ? sorted.get(clients / 2)
                    : sorted.get(clients / 2 - 1).add(sorted.get(clients / 2)).divide(BigDecimal.valueOf(2));
            assertThat(folded[i]).isEqualTo((float) (base[i] + median.doubleValue()));
        }
    }

    @ParameterizedTest
    @CsvSource({"0.1, 9, 0", "0.1, 10, 1", "0.1, 19, 1", "0.2, 5, 1", "0.34, 3, 1", "0.49, 2, 0", "0.49, 11, 5",
            "0, 4, 0", "0.29, 100, 29", "0.3, 10, 3", "0.1, 300, 30", "0.497, 301, 149"})
    void shouldDropTheShareAtEachEndOfEachElement(double share, int clients, int dropped) {
        // Given
        List<float[]> differences = differences(clients);

        // When
        float[] folded = fold(settings(AggregationRule.TRIMMED_MEAN).setTrimShare(share), base, differences);

        // Then
        for (int i = 0; i < ELEMENTS; i++) {
            List<BigDecimal> kept = sorted(differences, i).subList(dropped, clients - dropped);
            BigDecimal sum = kept.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
            BigDecimal exact = new BigDecimal(base[i])
                    .add(sum.divide(BigDecimal.valueOf(kept.size()), MathContext.DECIMAL128));
            assertThat(folded[i]).isCloseTo(exact.floatValue(), within(Math.ulp(exact.floatValue())));
        }
    }

    @Test
    void shouldKeepOneOutlierOutOfMedianAndTrimmedMean() {
        // Given: two honest clients, and one who claims a million samples
        List<float[]> differences = List.of(new float[] {1}, new float[] {3}, new float[] {1e30f});
        double[] weights = {1, 1, 1e6};

        // When
        float[] median = fold(settings(AggregationRule.MEDIAN), new float[] {10}, Optional.empty(), differences,
                weights).values();
        float[] trimmed = fold(settings(AggregationRule.TRIMMED_MEAN).setTrimShare(0.4), new float[] {10},
                Optional.empty(), differences, weights).values();

        // Then
        assertThat(median).containsExactly(13f);
        assertThat(trimmed).containsExactly(13f);
    }

    @Test
    void shouldTakeTiesAndSignedZerosInAnyOrder() {
        List<float[]> differences = new ArrayList<>(List.of(new float[] {0f, 5}, new float[] {-0f, 5},
                new float[] {-0f, 5}, new float[] {0f, -1}));

        float[] folded = fold(settings(AggregationRule.MEDIAN), new float[] {-0f, 1}, differences);
        Collections.reverse(differences);

        assertThat(fold(settings(AggregationRule.MEDIAN), new float[] {-0f, 1}, differences)).containsExactly(folded);
        assertThat(folded[1]).isEqualTo(6f);
    }

    @ParameterizedTest
    @EnumSource(AggregationRule.class)
    void shouldAddOneClientsDifferenceAsItIs(AggregationRule rule) {
        float[] difference = vector(9);

        float[] folded = fold(settings(rule), base, List.of(difference));

        assertThat(folded).containsExactly(sum(base, difference));
    }

    @ParameterizedTest
    @EnumSource(AggregationRule.class)
    void shouldAddTheDifferenceThatAllAgreeOn(AggregationRule rule) {
        // Given four equal weights, whose shares are exact
        float[] difference = vector(9);

        // When
        float[] folded = fold(settings(rule), base, Collections.nCopies(4, difference));

        // Then
        assertThat(folded).containsExactly(sum(base, difference));
    }

    @ParameterizedTest
    @EnumSource(AggregationRule.class)
    void shouldNotDependOnTheOrderInWhichTheCloseListsClients(AggregationRule rule) {
        // Given
        Map<String, float[]> differences = new TreeMap<>();
        List<CountedUpdate> counted = new ArrayList<>();
        for (int client = 0; client < 12; client++) {
            differences.put("client-" + client, vector(100 + client));
            counted.add(counted("client-" + client, 1 + client * 37 % 11));
        }
        float[] expected = fold(settings(rule), base, Optional.empty(), counted, differences).values();

        // When, Then
        for (int seed = 0; seed < 5; seed++) {
            Collections.shuffle(counted, new Random(seed));
            assertThat(fold(settings(rule), base, Optional.empty(), counted, differences).values())
                    .containsExactly(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(value = AggregationRule.class, names = {"MEDIAN", "TRIMMED_MEAN"})
    void shouldGiveTheSameBitsInRangesOfAnySize(AggregationRule rule) {
        // Given
        Map<String, float[]> differences = new TreeMap<>();
        List<CountedUpdate> counted = new ArrayList<>();
        for (int client = 0; client < 11; client++) {
            differences.put("client-" + client, vector(100 + client));
            counted.add(counted("client-" + client, 1));
        }
        ClosedRound closed = closed(settings(rule), ELEMENTS, counted);

        // When, Then: less than one element of each, one, several with a rest, all
        float[] whole = ShardFold.fold(closed, 0, base, Optional.empty(), source(differences)).values();
        for (int bufferBytes : new int[] {1, 44, 44 * 10, 44 * ELEMENTS}) {
            List<String> asked = new ArrayList<>();
            float[] ranged = ShardFold.fold(closed, 0, base, Optional.empty(), update -> {
                asked.add(update.getClientId());
                return source(differences).of(update);
            }, bufferBytes).values();
            assertThat(ranged).containsExactly(whole);
            int ranges = (ELEMENTS - 1) / Math.max(1, bufferBytes / 44) + 1;
            assertThat(asked).hasSize(11 * ranges);
        }
    }

    @Test
    void shouldRankWhatWasChosenToMakeItSlow() {
        // Given values by which the middle of first, middle and last is among the smallest again and again
        int clients = 1000;
        List<float[]> differences = new ArrayList<>();
        for (int client = 0; client < clients; client++) {
            float organ = client < clients / 2 ? client : clients - client;
            differences.add(new float[] {client % 2 == 0 ? client + 1 : clients / 2 + client / 2, organ});
        }

        // When
        float[] median = fold(settings(AggregationRule.MEDIAN), new float[2], differences);

        // Then
        for (int element = 0; element < 2; element++) {
            List<BigDecimal> sorted = sorted(differences, element);
            assertThat(median[element]).isEqualTo(sorted.get(499).add(sorted.get(500)).floatValue() / 2);
        }
    }

    @ParameterizedTest
    @CsvSource({"MEAN, 65, false", "MEDIAN, 63, false", "MEDIAN, 64, false", "MEDIAN, 65, true",
            "TRIMMED_MEAN, 65, true"})
    void shouldSayWhoseDifferencesItAsksForAgain(AggregationRule rule, int clients, boolean again) {
        // Given the largest shards, of which 64 fill the buffer
        int elements = RankFold.BUFFER_BYTES / Float.BYTES / 64;
        List<CountedUpdate> counted = IntStream.range(0, clients)
                .mapToObj(client -> counted("client-" + client, 1)).toList();

        // When, Then
        assertThat(ShardFold.asksAgain(closed(settings(rule).setShardBytes(elements * Float.BYTES), elements, counted),
                0)).isEqualTo(again);
    }

    @Test
    void shouldStepWithMomentumLikeTheFormulaOverThreeRounds() {
        // Given
        AggregationSettings.Builder settings = settings(AggregationRule.MEAN)
                .setServerOptimiser(ServerOptimiser.MOMENTUM).setServerLearningRate(0.5).setServerBeta1(0.9);
        float[] values = base;
        Optional<float[]> state = Optional.empty();
        float[] expected = base.clone();
        float[] moment = new float[ELEMENTS];

        for (int round = 0; round < 3; round++) {
            // When
            float[] difference = vector(round + 20);
            ShardFold.Folded folded = fold(settings, values, state, List.of(difference));
            values = folded.values();
            state = folded.serverState();

            // Then
            for (int i = 0; i < ELEMENTS; i++) {
                double next = 0.9 * moment[i] + difference[i];
                expected[i] = (float) (expected[i] + 0.5 * next);
                moment[i] = (float) next;
            }
            assertThat(values).containsExactly(expected);
            assertThat(state).contains(moment);
        }
    }

    @Test
    void shouldStepWithAdamAsInAdaptiveFederatedOptimization() {
        // Given one element, beta1 0.5, beta2 0.75, epsilon 0.5, so v starts at 0.25
        AggregationSettings.Builder settings = settings(AggregationRule.MEDIAN)
                .setServerOptimiser(ServerOptimiser.FED_ADAM).setServerLearningRate(2).setServerBeta1(0.5)
                .setServerBeta2(0.75).setServerEpsilon(0.5);

        // When
        ShardFold.Folded first = fold(settings, new float[] {10}, Optional.empty(), List.of(new float[] {3}));
        ShardFold.Folded second = fold(settings, first.values(), first.serverState(), List.of(new float[] {-1}));

        // Then m = 1.5, v = 0.1875 + 2.25; m = 0.25, v = 1.828125 + 0.25
        assertThat(first.serverState().orElseThrow()).containsExactly(1.5f, 2.4375f);
        assertThat(first.values()[0]).isCloseTo((float) (10 + 3 / (Math.sqrt(2.4375) + 0.5)), within(1e-6f));
        assertThat(second.serverState().orElseThrow()).containsExactly(0.25f, 2.078125f);
        assertThat(second.values()[0])
                .isCloseTo((float) (first.values()[0] + 0.5 / (Math.sqrt(2.078125) + 0.5)), within(1e-6f));
    }

    @Test
    void shouldOnlyScaleWithMomentumThatForgetsAtOnce() {
        AggregationSettings.Builder settings = settings(AggregationRule.MEAN)
                .setServerOptimiser(ServerOptimiser.MOMENTUM).setServerLearningRate(0.25).setServerBeta1(0);

        ShardFold.Folded folded = fold(settings, new float[] {1}, Optional.of(new float[] {99}),
                List.of(new float[] {8}));

        assertThat(folded.values()).containsExactly(3f);
    }

    @Test
    void shouldRefuseVectorsOfAnotherLength() {
        assertThatThrownBy(() -> fold(settings(AggregationRule.MEDIAN), base, List.of(new float[ELEMENTS - 1])))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("client client-00");
        assertThatThrownBy(() -> fold(settings(AggregationRule.MEAN), base, List.of(new float[ELEMENTS + 1])))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("client client-00");
        assertThatThrownBy(() -> fold(settings(AggregationRule.MEAN).setServerOptimiser(ServerOptimiser.FED_ADAM),
                base, Optional.of(new float[ELEMENTS]), List.of(base)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("FED_ADAM needs 2");
        ClosedRound closed = closed(settings(AggregationRule.MEAN), ELEMENTS, List.of());
        assertThatThrownBy(() -> ShardFold.fold(closed, 0, new float[3], Optional.empty(), update -> null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("run run, round 1, shard 0: the base has 3 elements");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, -0.01, Double.NaN})
    void shouldRefuseACloseThatTrimsEverything(double share) {
        assertThatThrownBy(() -> closed(settings(AggregationRule.TRIMMED_MEAN).setTrimShare(share), 1, List.of()))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("trimShare");
    }

    private static float[] fold(AggregationSettings.Builder settings, float[] base, List<float[]> differences) {
        return fold(settings, base, Optional.empty(), differences).values();
    }

    private static ShardFold.Folded fold(AggregationSettings.Builder settings, float[] base, Optional<float[]> state,
            List<float[]> differences) {
        double[] equal = new double[differences.size()];
        Arrays.fill(equal, 1);
        return fold(settings, base, state, differences, equal);
    }

    private static ShardFold.Folded fold(AggregationSettings.Builder settings, float[] base, Optional<float[]> state,
            List<float[]> differences, double[] weights) {
        Map<String, float[]> byClient = new TreeMap<>();
        List<CountedUpdate> counted = new ArrayList<>();
        for (int client = 0; client < weights.length; client++) {
            String id = String.format("client-%02d", client);
            byClient.put(id, differences.get(client));
            counted.add(counted(id, weights[client]));
        }
        return fold(settings, base, state, counted, byClient);
    }

    private static ShardFold.Folded fold(AggregationSettings.Builder settings, float[] base, Optional<float[]> state,
            List<CountedUpdate> counted, Map<String, float[]> differences) {
        return ShardFold.fold(closed(settings, base.length, counted), 0, base, state, source(differences));
    }

    private static ShardFold.Differences source(Map<String, float[]> differences) {
        return update -> bytes(differences.get(update.getClientId()));
    }

    private static ClosedRound closed(AggregationSettings.Builder settings, int elements,
            List<CountedUpdate> counted) {
        return ClosedRound.of(RoundClosed.newBuilder().setRunId("run").setRound(1).setAdapterVersion(0)
                .setAdapterSha256("").setNewAdapterVersion(1).setAdapterElements(elements).setAdapterShards(1)
                .setAggregation(settings.build()).setReason(CloseReason.ALL_IN).setCounted(List.copyOf(counted))
                .build());
    }

    private static AggregationSettings.Builder settings(AggregationRule rule) {
        return AggregationSettings.newBuilder().setRule(rule);
    }

    private static CountedUpdate counted(String client, double weight) {
        return CountedUpdate.newBuilder().setClientId(client).setUpdateSha256("").setShardSha256(List.of(""))
                .setWeight(weight).build();
    }

    private static List<BigDecimal> sorted(List<float[]> differences, int element) {
        return differences.stream().map(difference -> new BigDecimal(difference[element])).sorted().toList();
    }

    private static float[] sum(float[] one, float[] other) {
        float[] sum = new float[one.length];
        IntStream.range(0, sum.length).forEach(i -> sum[i] = (float) ((double) one[i] + other[i]));
        return sum;
    }

    private static List<float[]> differences(int clients) {
        return IntStream.range(0, clients).mapToObj(client -> vector(50 + client)).toList();
    }

    private static ByteBuffer bytes(float[] values) {
        return LittleEndian.bytes(values, 0, values.length);
    }

    /** Few distinct values among many sizes, so that there are ties. */
    private static float[] vector(long seed) {
        Random random = new Random(seed);
        float[] values = new float[ELEMENTS];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(3) == 0
                    ? random.nextInt(5) - 2
                    : (float) (random.nextGaussian() * Math.pow(10, random.nextInt(7) - 3));
        }
        return values;
    }
}
