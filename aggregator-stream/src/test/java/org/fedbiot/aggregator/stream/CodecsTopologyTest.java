package org.fedbiot.aggregator.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.aggregator.Federation;
import org.fedbiot.aggregator.NaiveFold;
import org.fedbiot.aggregator.SignedUpdate;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AggregationRule;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateCodec;
import org.fedbiot.schemas.event.UpdateManifest;
import org.fedbiot.schemas.event.UpdateRejected;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.integrity.LittleEndian;
import org.fedbiot.schemas.integrity.Sha256;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Encoded updates through the whole topology, decoded by hand on the other side. */
class CodecsTopologyTest {

    private static final String[] CLIENTS = {"a", "b", "c"};
    private static final int[] SAMPLES = {3, 10, 17};
    /** Three shards of 500, 500 and 200 elements; of int8 two blocks, two and one. */
    private static final int ELEMENTS = 1_200;
    private static final int SHARD_BYTES = 2_000;

    @TempDir
    private Path stateDirectory;

    static Stream<Arguments> codecsAndRules() {
        return Stream.of(UpdateCodec.BF16, UpdateCodec.INT8).flatMap(codec ->
                Stream.of(AggregationRule.values()).map(rule -> Arguments.of(codec, rule)));
    }

    @ParameterizedTest
    @MethodSource("codecsAndRules")
    void shouldFoldExactlyWhatTheBytesStandFor(UpdateCodec codec, AggregationRule rule) {
        Federation federation = federation(codec, rule, 0);
        float[] base = federation.vector(1);
        NaiveFold oracle = new NaiveFold(settings(codec, rule, 0), base);
        List<String> expected = new ArrayList<>(List.of(federation.hash(base)));
        try (Bench bench = new Bench(stateDirectory)) {
            bench.send(federation.adapter(0, base));

            // When each round's records come in any order
            Random random = new Random(5);
            for (int round = 1; round <= 2; round++) {
                bench.send(shuffledRound(federation, codec, round, oracle, random));
                expected.add(federation.hash(oracle.values()));
            }

            // Then
            assertThat(bench.published()).extracting(AdapterPublished::getSha256).containsExactlyElementsOf(expected);
            assertThat(bench.verdicts(UpdateAccepted.class)).hasSize(2 * CLIENTS.length);
            assertThat(bench.deadLetters()).isEmpty();
        }
    }

    private static List<SpecificRecord> shuffledRound(Federation federation, UpdateCodec codec, int round,
            NaiveFold oracle, Random random) {
        RoundOpened opened = federation.opened(round, oracle.values());
        List<SignedUpdate> updates = new ArrayList<>();
        List<float[]> decoded = new ArrayList<>();
        List<SpecificRecord> records = new ArrayList<>();
        for (int client = 0; client < CLIENTS.length; client++) {
            float[] difference = federation.vector(100 * round + client);
            SignedUpdate update = federation.update(opened, CLIENTS[client], SAMPLES[client], difference);
            updates.add(update);
            decoded.add(decoded(codec, update));
            assertThat(decoded.get(client)).isNotEqualTo(difference);
            records.addAll(update.shards());
            records.add(update.manifest());
        }
        oracle.round(decoded, SAMPLES[0], SAMPLES[1], SAMPLES[2]);
        Collections.shuffle(records, random);
        records.add(random.nextInt(records.size()), opened);
        records.add(federation.closed(opened, updates));
        return records;
    }

    @Test
    void shouldMeasureTheNormOfWhatTheBytesStandFor() {
        Federation federation = federation(UpdateCodec.INT8, AggregationRule.MEAN, 30);
        RoundOpened opened = federation.opened(1, federation.vector(1));
        // Given a value of less than half a step, which is nothing when it arrives, and one that exceeds the bound
        float[] small = new float[ELEMENTS];
        small[0] = 12.7f;
        small[1] = 0.04f;
        small[700] = 25.4f;
        float[] large = new float[ELEMENTS];
        large[1_199] = 31;

        try (Bench bench = new Bench(stateDirectory)) {
            bench.send(opened).send(federation.update(opened, "a", 1, small))
                    .send(federation.update(opened, "b", 1, large));

            assertThat(bench.verdicts(UpdateAccepted.class)).singleElement().satisfies(accepted ->
                    assertThat(accepted.getNorm()).isCloseTo(Math.hypot(12.7, 25.4), within(1e-5)));
            assertThat(bench.verdicts(UpdateRejected.class)).singleElement().satisfies(rejected -> {
                assertThat(rejected.getClientId()).isEqualTo("b");
                assertThat(rejected.getReason()).isEqualTo(RejectReason.NORM_EXCEEDED);
            });
        }
    }

    static Stream<Arguments> givenInt8ShardsThatTheClientSigned() {
        return Stream.of(
                signed("as fp32", RejectReason.WRONG_CODEC, shard -> data(shard.setCodec(UpdateCodec.FP32),
                        LittleEndian.bytes(new float[500], 0, 500))),
                signed("fp32 bytes by the name of int8", RejectReason.WRONG_SHAPE,
                        shard -> data(shard, LittleEndian.bytes(new float[500], 0, 500))),
                signed("as bf16", RejectReason.WRONG_CODEC,
                        shard -> data(shard.setCodec(UpdateCodec.BF16), ByteBuffer.allocate(1_000))),
                signed("without the second scale", RejectReason.WRONG_SHAPE,
                        shard -> data(shard, ByteBuffer.allocate(504))),
                signed("one element short", RejectReason.WRONG_SHAPE, shard -> data(shard, ByteBuffer.allocate(507))),
                signed("one element more", RejectReason.WRONG_SHAPE, shard -> data(shard, ByteBuffer.allocate(509))),
                signed("empty", RejectReason.WRONG_SHAPE, shard -> data(shard, ByteBuffer.allocate(0))),
                signed("scale NaN over zeros", RejectReason.NOT_FINITE, shard -> data(shard, scaled(Float.NaN, 0))),
                signed("scale infinite over zeros", RejectReason.NOT_FINITE,
                        shard -> data(shard, scaled(Float.NEGATIVE_INFINITY, 0))),
                signed("value beyond fp32", RejectReason.NOT_FINITE,
                        shard -> data(shard, scaled(Float.MAX_VALUE, 2))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("givenInt8ShardsThatTheClientSigned")
    void shouldRejectWhatIsNoInt8ShardOfTheRound(String name, RejectReason reason,
            UnaryOperator<UpdateShard.Builder> change) {
        Federation federation = federation(UpdateCodec.INT8, AggregationRule.MEAN, 0);
        RoundOpened opened = federation.opened(1, federation.vector(1));
        SignedUpdate sound = federation.update(opened, "a", 1, federation.vector(2));
        SignedUpdate changed = sound.withShard(1, federation.key("a"), change);
        // Given a manifest that names the changed shard
        List<String> hashes = changed.shards().stream().map(UpdateShard::getSha256).toList();
        UpdateManifest manifest = SignedUpdate.sign(UpdateManifest.newBuilder(sound.manifest())
                .setShardSha256(hashes).setSha256(Sha256.ofHashes(hashes)), federation.key("a"));

        try (Bench bench = new Bench(stateDirectory)) {
            bench.send(opened).send(new SignedUpdate(manifest, changed.shards()));

            assertThat(bench.verdicts()).singleElement().isInstanceOfSatisfying(UpdateRejected.class,
                    rejected -> assertThat(rejected.getReason()).as(rejected.getDetail()).isEqualTo(reason));
            assertThat(bench.deadLetters()).singleElement()
                    .satisfies(letter -> assertThat(letter.getReason()).startsWith(reason.name()));
        }
    }

    @Test
    void shouldNotTakeAnotherCodecForTheClientsWord() {
        // Given the client's own shard, by another codec's name
        Federation federation = federation(UpdateCodec.BF16, AggregationRule.MEAN, 0);
        RoundOpened opened = federation.opened(1, federation.vector(1));
        SignedUpdate update = federation.update(opened, "a", 1, federation.vector(2));
        UpdateShard renamed = UpdateShard.newBuilder(update.shards().get(0)).setCodec(UpdateCodec.INT8).build();

        try (Bench bench = new Bench(stateDirectory)) {
            bench.send(opened).send(List.of(renamed)).send(update);

            assertThat(bench.deadLetters()).singleElement()
                    .satisfies(letter -> assertThat(letter.getReason()).startsWith("BAD_SIGNATURE"));
            assertThat(bench.verdicts(UpdateAccepted.class)).hasSize(1);
        }
    }

    private static Federation federation(UpdateCodec codec, AggregationRule rule, double maxUpdateNorm) {
        return new Federation("run", ELEMENTS, settings(codec, rule, maxUpdateNorm), CLIENTS);
    }

    private static AggregationSettings settings(UpdateCodec codec, AggregationRule rule, double maxUpdateNorm) {
        return AggregationSettings.newBuilder().setUpdateCodec(codec).setRule(rule).setTrimShare(0.4)
                .setShardBytes(SHARD_BYTES).setMaxUpdateNorm(maxUpdateNorm).build();
    }

    /** By the page that documents the layouts. */
    private static float[] decoded(UpdateCodec codec, SignedUpdate update) {
        float[] values = new float[ELEMENTS];
        for (UpdateShard shard : update.shards()) {
            ByteBuffer data = shard.getData().duplicate().order(ByteOrder.LITTLE_ENDIAN);
            int at = shard.getStart();
            while (data.hasRemaining()) {
                if (codec == UpdateCodec.BF16) {
                    values[at++] = Float.intBitsToFloat(data.getShort() << 16);
                } else {
                    double scale = data.getFloat();
                    for (int left = Math.min(256, data.remaining()); left > 0; left--) {
                        values[at++] = (float) (scale * data.get());
                    }
                }
            }
        }
        return values;
    }

    /** 500 elements, all of the same byte; the second block's scale is the given one. */
    private static ByteBuffer scaled(float scale, int value) {
        ByteBuffer data = ByteBuffer.allocate(508).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < data.limit(); i++) {
            data.put(i, (byte) value);
        }
        return data.putFloat(0, 1).putFloat(260, scale).order(ByteOrder.BIG_ENDIAN);
    }

    private static Arguments signed(String name, RejectReason reason, UnaryOperator<UpdateShard.Builder> change) {
        return Arguments.of(name, reason, change);
    }

    private static UpdateShard.Builder data(UpdateShard.Builder shard, ByteBuffer data) {
        return shard.setData(data).setSha256(Sha256.of(data));
    }
}
