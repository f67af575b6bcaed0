package org.fedbiot.aggregator.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.aggregator.Federation;
import org.fedbiot.aggregator.NaiveFold;
import org.fedbiot.aggregator.SignedUpdate;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AdapterRefused;
import org.fedbiot.schemas.event.AggregationRule;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.DeadLetter;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.ServerMoment;
import org.fedbiot.schemas.event.ServerOptimiser;
import org.fedbiot.schemas.integrity.LittleEndian;
import org.fedbiot.schemas.integrity.Sha256;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every rule with every server optimiser through the whole topology, against an independent fold of whole vectors. */
class RulesTopologyTest {

    private static final String[] CLIENTS = {"a", "b", "c", "d", "e", "f"};
    private static final int ROUNDS = 3;
    private static final AggregationSettings FED_ADAM = AggregationSettings.newBuilder()
            .setServerOptimiser(ServerOptimiser.FED_ADAM).setServerLearningRate(0.3).setShardBytes(16).build();

    @TempDir
    private Path stateDirectory;

    static Stream<Arguments> rulesAndOptimisers() {
        return Stream.of(AggregationRule.values()).flatMap(rule ->
                Stream.of(ServerOptimiser.values()).map(optimiser -> Arguments.of(rule, optimiser)));
    }

    @ParameterizedTest
    @MethodSource("rulesAndOptimisers")
    void shouldPublishTheIndependentFoldWhateverTheOrderOfArrival(AggregationRule rule, ServerOptimiser optimiser) {
        // Given
        AggregationSettings settings = AggregationSettings.newBuilder().setRule(rule).setTrimShare(0.2)
                .setServerOptimiser(optimiser).setServerLearningRate(optimiser == ServerOptimiser.NONE ? 1 : 0.3)
                .setShardBytes(16).build();
        Federation federation = new Federation("run", 23, settings, CLIENTS);
        float[] base = federation.vector(1);

        for (long seed : new long[] {5, 6}) {
            List<String> expected = new ArrayList<>(List.of(federation.hash(base)));
            NaiveFold oracle = new NaiveFold(settings, base);
            try (Bench bench = new Bench(stateDirectory.resolve(Long.toString(seed)))) {
                bench.send(federation.adapter(0, base));

                // When every round's records come in an order of the seed's own, some twice, some after the close
                Random random = new Random(seed);
                for (int round = 1; round <= ROUNDS; round++) {
                    bench.send(shuffledRound(federation, round, oracle, random));
                    expected.add(federation.hash(oracle.values()));
                }

                // Then
                assertThat(bench.published()).extracting(AdapterPublished::getSha256)
                        .containsExactlyElementsOf(expected);
                assertThat(bench.deadLetters()).isEmpty();
                assertThat(bench.keys(ScreeningProcessor.PAYLOADS)).filteredOn(key -> key.startsWith("run/server/"))
                        .hasSize(6 * moments(optimiser));

                // When the run ends, its server optimiser's state goes with it
                bench.send(federation.ended());
                assertThat(bench.keys(ScreeningProcessor.PAYLOADS)).containsExactly("run");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = ServerOptimiser.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldFoldAForkOnAsItsOriginWouldHaveGoneOn(ServerOptimiser optimiser) {
        // Given a run of two rounds, and what it left for forks
        AggregationSettings settings = AggregationSettings.newBuilder().setServerOptimiser(optimiser)
                .setServerLearningRate(0.3).setShardBytes(16).build();
        Federation origin = new Federation("run", 23, settings, CLIENTS);
        Federation fork = new Federation("fork", 23, settings, CLIENTS);
        float[] base = origin.vector(1);
        NaiveFold oracle = new NaiveFold(settings, base);
        try (Bench bench = new Bench(stateDirectory)) {
            bench.send(origin.adapter(0, base));
            for (int round = 1; round < ROUNDS; round++) {
                bench.send(shuffledRound(origin, round, oracle, new Random(round)));
            }
            List<ServerMoment> left = bench.moments().stream().filter(moment -> moment.getVersion() == ROUNDS - 1)
                    .toList();
            assertThat(left).hasSize(6 * moments(optimiser));
            bench.send(origin.ended());

            // When the fork's moments come late, one after its first close, and once more after its first fold
            bench.send(fork.adapter(0, oracle.values()));
            List<ServerMoment> brought = left.stream().map(moment -> ServerMoment.newBuilder(moment)
                    .setRunId("fork").setVersion(0).build()).toList();
            bench.send(brought.subList(1, brought.size()));
            bench.send(shuffledRound(fork, 1, 3, oracle, new Random(7)));
            assertThat(bench.published()).extracting(AdapterPublished::getRunId).last().isEqualTo("fork");
            assertThat(bench.published()).last().extracting(AdapterPublished::getVersion).isEqualTo(0);
            bench.send(brought.get(0));
            String first = origin.hash(oracle.values());
            bench.send(brought);
            bench.send(shuffledRound(fork, 2, 4, oracle, new Random(8)));

            // Then its versions are those that rounds 3 and 4 of the original give
            assertThat(bench.published()).filteredOn(version -> version.getRunId().equals("fork"))
                    .extracting(AdapterPublished::getSha256)
                    .endsWith(first, origin.hash(oracle.values()));
            assertThat(bench.deadLetters()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(value = ServerOptimiser.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldEndAForkWhoseMomentsAreNotCutAsItsClosesSay(ServerOptimiser optimiser) {
        // Given a fork whose first shard's moments lack an element
        AggregationSettings settings = AggregationSettings.newBuilder().setServerOptimiser(optimiser).setShardBytes(16)
                .build();
        Federation fork = new Federation("fork", 23, settings, CLIENTS);
        Federation other = new Federation("other", 23, settings, CLIENTS);
        NaiveFold oracle = new NaiveFold(settings, other.vector(1));
        try (Bench bench = new Bench(stateDirectory)) {
            bench.send(fork.adapter(0, fork.vector(1))).send(other.adapter(0, other.vector(1)));
            for (int moment = 0; moment < moments(optimiser); moment++) {
                bench.send(moment("fork", 0, moment, new float[3]));
            }

            // When
            bench.send(shuffledRound(fork, 1, new NaiveFold(settings, fork.vector(1)), new Random(3)));

            // Then its version 1 is refused, and other runs go on
            assertThat(bench.verdicts(AdapterRefused.class)).singleElement().satisfies(refused -> {
                assertThat(refused.getVersion()).isEqualTo(1);
                assertThat(refused.getReason()).contains("run fork round 1: adapter version 1 needs", "moment 0 of shard 0",
                        "has 12 bytes, the close cuts it to 16", "fork the origin again");
            });
            bench.send(shuffledRound(other, 1, oracle, new Random(4)));
            assertThat(bench.published()).last().extracting(AdapterPublished::getSha256)
                    .isEqualTo(other.hash(oracle.values()));
        }
    }

    @Test
    void shouldTakeTheFirstMomentThatFits() {
        // Given before the right moments of a fork's first shard a shorter and a garbled one, and another after them
        Federation fork = new Federation("fork", 23, FED_ADAM, CLIENTS);
        NaiveFold expected = new NaiveFold(FED_ADAM, fork.vector(1));
        NaiveFold oracle = new NaiveFold(FED_ADAM, fork.vector(1));
        try (Bench plain = new Bench(stateDirectory.resolve("plain"));
                Bench bench = new Bench(stateDirectory.resolve("bench"))) {
            plain.send(fork.adapter(0, fork.vector(1))).send(moments(fork));
            plain.send(shuffledRound(fork, 1, expected, new Random(3)));
            bench.send(fork.adapter(0, fork.vector(1)));
            bench.send(moment("fork", 0, 0, new float[] {7, 7, 7}),
                    garbled(moment("fork", 0, 0, new float[] {8, 8, 8, 8})));

            // When
            bench.send(moments(fork)).send(moment("fork", 0, 0, new float[] {9, 9, 9, 9}));
            bench.send(shuffledRound(fork, 1, oracle, new Random(3)));

            // Then
            assertThat(bench.published()).last().satisfies(version -> {
                assertThat(version.getVersion()).isEqualTo(1);
                assertThat(version).isEqualTo(plain.published().get(1));
            });
            assertThat(bench.verdicts(AdapterRefused.class)).isEmpty();
            assertThat(bench.deadLetters()).singleElement()
                    .satisfies(letter -> assertThat(letter.getReason()).startsWith("HASH_MISMATCH"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldEndAForkOfWhichAMomentIsNotWhatItsHashSays(boolean afterTheClose) {
        // Given a fork with all of its moments but one, which is garbled
        Federation fork = new Federation("fork", 23, FED_ADAM, CLIENTS);
        List<ServerMoment> moments = new ArrayList<>(moments(fork));
        ServerMoment garbled = garbled(moments.remove(7));
        try (Bench bench = new Bench(stateDirectory)) {
            bench.send(fork.adapter(0, fork.vector(1))).send(moments);
            if (!afterTheClose) {
                bench.send(garbled);
            }
            bench.send(shuffledRound(fork, 1, new NaiveFold(FED_ADAM, fork.vector(1)), new Random(3)));
            assertThat(bench.verdicts(AdapterRefused.class)).hasSize(afterTheClose ? 0 : 1);

            // When
            if (afterTheClose) {
                bench.send(garbled);
            }

            // Then the run hears that its first fold cannot be, and why
            assertThat(bench.verdicts(AdapterRefused.class)).singleElement().satisfies(refused -> {
                assertThat(refused.getRunId()).isEqualTo("fork");
                assertThat(refused.getVersion()).isEqualTo(1);
                assertThat(refused.getReason()).contains("run fork round 1: adapter version 1 needs", "moment 1 of shard 3",
                        "HASH_MISMATCH", garbled.getSha256(), "fork the origin again");
            });
            assertThat(bench.deadLetters()).extracting(DeadLetter::getKey).contains("fork/0/3/1");
        }
    }

    @Test
    void shouldFoldWithNoMomentsButThoseThatTheCloseAsksFor() {
        // Given a run that is no fork, and moments of both kinds that somebody brought for it
        AggregationSettings settings = AggregationSettings.newBuilder().setServerOptimiser(ServerOptimiser.MOMENTUM)
                .setServerLearningRate(0.3).setShardBytes(16).build();
        Federation federation = new Federation("run", 23, settings, CLIENTS);
        NaiveFold oracle = new NaiveFold(settings, federation.vector(1));
        try (Bench bench = new Bench(stateDirectory)) {
            bench.send(federation.adapter(0, federation.vector(1)));
            bench.send(moment("run", 0, 0, new float[] {1, 2, 3, 4}), moment("run", 0, 1, new float[] {5, 6, 7, 8}));

            // When
            for (int round = 1; round <= 2; round++) {
                bench.send(shuffledRound(federation, round, oracle, new Random(round)));
            }

            // Then
            assertThat(bench.published()).last().satisfies(version -> {
                assertThat(version.getVersion()).isEqualTo(2);
                assertThat(version.getSha256()).isEqualTo(federation.hash(oracle.values()));
            });
        }
    }

    private static ServerMoment moment(String runId, int shard, int moment, float[] values) {
        ByteBuffer data = LittleEndian.bytes(values, 0, values.length);
        return ServerMoment.newBuilder().setRunId(runId).setVersion(0).setShard(shard).setShards(6).setMoment(moment)
                .setMoments(2).setSha256(Sha256.of(data)).setData(data).build();
    }

    private static ServerMoment garbled(ServerMoment moment) {
        return ServerMoment.newBuilder(moment).setSha256(Sha256.of(new byte[] {1})).build();
    }

    /** Both moments of all six shards. */
    private static List<ServerMoment> moments(Federation federation) {
        List<ServerMoment> moments = new ArrayList<>();
        for (int shard = 0; shard < 6; shard++) {
            for (int moment = 0; moment < 2; moment++) {
                float[] values = new float[shard < 5 ? 4 : 3];
                Arrays.fill(values, 1 + shard + moment);
                moments.add(moment(federation.runId(), shard, moment, values));
            }
        }
        return moments;
    }

    private static List<SpecificRecord> shuffledRound(Federation federation, int round, NaiveFold oracle,
            Random random) {
        return shuffledRound(federation, round, round, oracle, random);
    }

    /** @param seed of the updates */
    private static List<SpecificRecord> shuffledRound(Federation federation, int round, int seed, NaiveFold oracle,
            Random random) {
        boolean inherits = federation.runId().equals("fork") && round == 1;
        RoundOpened opened = RoundOpened.newBuilder(federation.opened(round, oracle.values()))
                .setInheritsMoments(inherits).build();
        List<SignedUpdate> updates = new ArrayList<>();
        List<float[]> differences = new ArrayList<>();
        double[] weights = new double[CLIENTS.length];
        List<SpecificRecord> records = new ArrayList<>();
        for (int client = 0; client < CLIENTS.length; client++) {
            float[] difference = federation.vector(100 * seed + client);
            SignedUpdate update = federation.update(opened, CLIENTS[client], 3 + 7 * client, difference);
            updates.add(update);
            differences.add(difference);
            weights[client] = 3 + 7 * client;
            records.addAll(update.shards());
            records.add(update.manifest());
        }
        oracle.round(differences, weights);
        records.addAll(List.copyOf(records).stream().filter(any -> random.nextInt(4) == 0).toList());
        Collections.shuffle(records, random);
        Collections.shuffle(updates, random);
        int plan = random.nextInt(records.size());
        records.add(plan, opened);
        records.add(plan + 1 + random.nextInt(records.size() - plan), RoundClosed
                .newBuilder(federation.closed(opened, updates)).setInheritsMoments(inherits).build());
        return records;
    }

    private static int moments(ServerOptimiser optimiser) {
        return switch (optimiser) {
            case NONE -> 0;
            case MOMENTUM -> 1;
            case FED_ADAM -> 2;
        };
    }
}
