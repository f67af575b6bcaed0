package org.fedbiot.aggregator.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.aggregator.Federation;
import org.fedbiot.aggregator.SignedUpdate;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AdapterRefused;
import org.fedbiot.schemas.event.AdapterShard;
import org.fedbiot.schemas.event.DeadLetter;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateManifest;
import org.fedbiot.schemas.event.UpdateRejected;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.integrity.LittleEndian;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.integrity.SigningKey;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AggregatorTopologyTest {

    private static final int ELEMENTS = 23;
    private static final int SHARD_BYTES = 16;

    private final Federation federation = new Federation("run", ELEMENTS, SHARD_BYTES, 0, "a", "b", "c");
    private final float[] base = federation.vector(1);
    private final RoundOpened opened = federation.opened(1, base);
    private final SignedUpdate updateA = federation.update(opened, "a", 10, federation.vector(11));
    private final SignedUpdate updateB = federation.update(opened, "b", 33, federation.vector(12));
    private final SignedUpdate updateC = federation.update(opened, "c", 7, federation.vector(13));
    private final RoundClosed closed = federation.closed(opened, List.of(updateA, updateB, updateC));

    @TempDir
    private Path stateDirectory;
    private Bench bench;

    @BeforeEach
    void startTopology() {
        bench = new Bench(stateDirectory);
    }

    @AfterEach
    void closeTopology() {
        bench.close();
    }

    @Test
    void shouldPublishVersionZeroOnceItsShardsAreAllThere() {
        // Given
        List<AdapterShard> shards = federation.adapter(0, base);

        // When
        bench.send(shards.subList(1, shards.size()));
        int before = bench.published().size();
        bench.send(shards.get(0)).send(shards);

        // Then
        assertThat(before).isZero();
        assertThat(bench.published()).singleElement().satisfies(published -> {
            assertThat(published.getVersion()).isZero();
            assertThat(published.getElements()).isEqualTo(ELEMENTS);
            assertThat(published.getSha256()).isEqualTo(federation.hash(base));
            assertThat(published.getShards()).extracting(ref -> ref.getShard()).containsExactly(0, 1, 2, 3, 4, 5);
            // The last to come was shard 0, so the hints are not in shard order.
            assertThat(published.getShards()).extracting(ref -> ref.getOffset()).containsExactly(5L, 0L, 1L, 2L, 3L, 4L);
            assertThat(published.getShards().get(5).getBytes()).isEqualTo(12);
        });
    }

    @Test
    void shouldPassOverWhatWasRestoredFromAnArchive() {
        // Given a whole round of another cluster
        List<SpecificRecord> history = new ArrayList<>(federation.adapter(0, base));
        history.add(opened);
        for (SignedUpdate update : List.of(updateA, updateB, updateC)) {
            history.addAll(update.shards());
            history.add(update.manifest());
        }
        history.add(closed);

        // When
        bench.restored(history);

        // Then
        assertThat(bench.verdicts()).isEmpty();
        assertThat(bench.published()).isEmpty();
        assertThat(bench.folded()).isEmpty();
        assertThat(bench.deadLetters()).isEmpty();
        assertThat(bench.keys(ScreeningProcessor.INDEX)).isEmpty();
        assertThat(bench.keys(ScreeningProcessor.PAYLOADS)).isEmpty();
    }

    @Test
    void shouldFoldTheCountedUpdatesAndPublishTheNewVersion() {
        // Given
        bench.send(federation.adapter(0, base)).send(opened).send(updateA).send(updateB).send(updateC);
        assertThat(bench.verdicts(UpdateAccepted.class)).extracting(UpdateAccepted::getClientId)
                .containsExactly("a", "b", "c");

        // When
        bench.send(closed);

        // Then
        float[] expected = mean(base, List.of(federation.vector(11), federation.vector(12), federation.vector(13)),
                10, 33, 7);
        assertThat(values(1)).containsExactly(expected);
        assertThat(last().getSha256()).isEqualTo(federation.hash(expected));
        assertThat(bench.published()).extracting(AdapterPublished::getVersion).containsExactly(0, 1);
    }

    @Test
    void shouldSayInTheVerdictWhatTheCoordinatorNeeds() {
        // Given
        float[] difference = new float[ELEMENTS];
        difference[0] = 3;
        difference[ELEMENTS - 1] = 4;

        // When
        SignedUpdate update = federation.update(opened, "a", 10, difference);
        bench.send(opened).send(update);

        // Then
        assertThat(bench.verdicts()).singleElement().isInstanceOfSatisfying(UpdateAccepted.class, accepted -> {
            assertThat(accepted.getNorm()).isEqualTo(5.0);
            assertThat(accepted.getUpdateSha256()).isEqualTo(federation.hash(difference));
            assertThat(accepted.getShardSha256()).isEqualTo(update.manifest().getShardSha256());
            assertThat(accepted.getDatasetSamples()).isEqualTo(10);
        });
    }

    @Test
    void shouldFoldOnlyWhatTheCloseLists() {
        // Given
        bench.send(federation.adapter(0, base)).send(opened).send(updateA).send(updateB).send(updateC);

        // When
        bench.send(federation.closed(opened, List.of(updateC, updateA)));

        // Then
        assertThat(values(1)).containsExactly(
                mean(base, List.of(federation.vector(11), federation.vector(13)), 10, 7));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldGiveTheSameBytesAndVerdictsInAnyOrderOfArrival(long seed) {
        // Given every record of two rounds and two runs, plan before close as its one partition keeps them
        Federation other = new Federation("run-2", ELEMENTS, SHARD_BYTES, 0, "a", "b");
        float[] otherBase = other.vector(77);
        RoundOpened otherOpened = other.opened(1, otherBase);
        SignedUpdate otherA = other.update(otherOpened, "a", 1, other.vector(78));
        SignedUpdate otherB = other.update(otherOpened, "b", 2, other.vector(79));
        float[] first = mean(base, List.of(federation.vector(11), federation.vector(12), federation.vector(13)),
                10, 33, 7);
        RoundOpened opened2 = federation.opened(2, first);
        SignedUpdate second = federation.update(opened2, "b", 5, federation.vector(14));
        List<SpecificRecord> control = List.of(opened, closed, opened2,
                federation.closed(opened2, List.of(second)), otherOpened,
                other.closed(otherOpened, List.of(otherA, otherB)));
        List<SpecificRecord> rest = new ArrayList<>(federation.adapter(0, base));
        rest.addAll(other.adapter(0, otherBase));
        for (SignedUpdate update : List.of(updateA, updateB, updateC, second, otherA, otherB)) {
            rest.addAll(update.shards());
            rest.add(update.manifest());
        }

        // When they come in an order of their own, some twice
        Random random = new Random(seed);
        rest.addAll(List.copyOf(rest).stream().filter(any -> random.nextInt(3) == 0).toList());
        Collections.shuffle(rest, random);
        List<SpecificRecord> all = new ArrayList<>(rest);
        int at = 0;
        for (SpecificRecord event : control) {
            at += random.nextInt(all.size() - at + 1);
            all.add(at++, event);
        }
        bench.send(all);

        // Then
        assertThat(bench.published()).filteredOn(published -> published.getRunId().equals("run"))
                .extracting(AdapterPublished::getSha256)
                .containsExactlyInAnyOrder(federation.hash(base), federation.hash(first),
                        federation.hash(mean(first, List.of(federation.vector(14)), 5)));
        assertThat(bench.published()).filteredOn(published -> published.getRunId().equals("run-2"))
                .extracting(AdapterPublished::getSha256)
                .containsExactlyInAnyOrder(other.hash(otherBase),
                        other.hash(mean(otherBase, List.of(other.vector(78), other.vector(79)), 1, 2)));
        assertThat(bench.verdicts()).hasSize(6).allMatch(UpdateAccepted.class::isInstance);
        assertThat(bench.deadLetters()).isEmpty();
    }

    @Test
    void shouldWaitWithTheFoldForItsLastShardWhicheverComesLast() {
        // Given the close before anything that it folds
        bench.send(opened).send(closed).send(updateA).send(updateB);
        bench.send(updateC.manifest()).send(updateC.shards().subList(0, 5));

        // When the base comes, then the last shard of the last client
        bench.send(federation.adapter(0, base));
        List<Integer> before = bench.folded().stream().map(AdapterShard::getShard).toList();
        bench.send(updateC.shards().get(5));

        // Then each shard was folded once, none before all its parts were there
        assertThat(before).containsExactly(0, 1, 2, 3, 4);
        assertThat(bench.folded()).extracting(AdapterShard::getShard).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(bench.verdicts(UpdateAccepted.class)).hasSize(3);
        assertThat(bench.verdicts(UpdateRejected.class)).isEmpty();
    }

    @Test
    void shouldGiveOneVerdictAndOneFoldHoweverOftenRecordsAreRepeated() {
        // Given
        bench.send(federation.adapter(0, base)).send(opened, opened);
        for (int time = 0; time < 3; time++) {
            bench.send(updateA).send(updateB).send(updateC);
        }

        // When
        bench.send(closed, closed).send(updateA).send(updateB).send(closed);

        // Then
        assertThat(bench.verdicts()).hasSize(3).allMatch(UpdateAccepted.class::isInstance);
        assertThat(bench.folded()).hasSize(6);
        assertThat(bench.published()).hasSize(2);
        assertThat(bench.deadLetters()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldLetForgeriesNeitherVetoNorDisplace(boolean forgedFirst) {
        // Given forgeries of all kinds in the name of client a
        SigningKey stranger = SigningKey.generate("a-key");
        float[] poison = new float[ELEMENTS];
        poison[3] = Float.NaN;
        SignedUpdate forged = SignedUpdate.of(opened, federation.cut(), "a", stranger, 1_000_000, poison);
        List<SpecificRecord> forgeries = new ArrayList<>(forged.shards());
        forgeries.add(forged.manifest());
        updateA.shards().forEach(shard -> forgeries.add(
                UpdateShard.newBuilder(shard).setData(ByteBuffer.allocate(16)).build()));
        forgeries.add(UpdateManifest.newBuilder(updateA.manifest()).setDatasetSamples(1_000_000).build());

        // When
        bench.send(federation.adapter(0, base));
        if (forgedFirst) {
            bench.send(forgeries).send(opened).send(forgeries).send(updateA);
        } else {
            bench.send(opened).send(updateA).send(forgeries);
        }
        bench.send(updateB).send(updateC).send(closed);

        // Then
        assertThat(bench.verdicts(UpdateAccepted.class)).extracting(UpdateAccepted::getUpdateSha256)
                .containsExactly(updateA.manifest().getSha256(), updateB.manifest().getSha256(),
                        updateC.manifest().getSha256());
        assertThat(bench.verdicts(UpdateRejected.class)).singleElement()
                .extracting(UpdateRejected::getReason).isEqualTo(RejectReason.BAD_SIGNATURE);
        assertThat(bench.deadLetters()).hasSize(forgeries.size() * (forgedFirst ? 2 : 1));
        assertThat(values(1)).containsExactly(mean(base,
                List.of(federation.vector(11), federation.vector(12), federation.vector(13)), 10, 33, 7));
    }

    @Test
    void shouldTakeShardsByTheSignatureOfTheManifestThatListsThem() {
        // Given a client whose shards came in a copy that somebody else signed
        List<UpdateShard> copies = updateA.shards().stream()
                .map(shard -> UpdateShard.newBuilder(shard).setSignature(ByteBuffer.allocate(64)).build()).toList();
        bench.send(federation.adapter(0, base)).send(opened).send(copies);

        // When
        bench.send(updateA.manifest()).send(updateB).send(updateC).send(closed);

        // Then they are what the client says they are
        assertThat(bench.verdicts()).hasSize(3).allMatch(UpdateAccepted.class::isInstance);
        assertThat(bench.deadLetters()).isEmpty();
        assertThat(values(1)).containsExactly(mean(base,
                List.of(federation.vector(11), federation.vector(12), federation.vector(13)), 10, 33, 7));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldSayOfForgedShardsThatNoManifestListedWhenNoneCanAnyMore(boolean closing) {
        // Given shards in the name of a client that sends none
        SignedUpdate forged = SignedUpdate.of(opened, federation.cut(), "a", SigningKey.generate("a-key"), 10,
                federation.vector(50));
        bench.send(federation.adapter(0, base)).send(opened).send(forged.shards()).send(updateB).send(updateC);
        assertThat(bench.deadLetters()).isEmpty();

        // When
        bench.send(closing ? federation.closed(opened, List.of(updateB, updateC)) : federation.ended());

        // Then
        assertThat(bench.deadLetters()).hasSize(6).allSatisfy(letter -> {
            assertThat(letter.getReason()).startsWith("BAD_SIGNATURE");
            assertThat(letter.getOriginTopic()).isEqualTo(Topics.UPDATE_SHARD.name());
            assertThat(letter.getKey()).startsWith("run/1/a/");
        });
        assertThat(bench.verdicts()).hasSize(2).allMatch(UpdateAccepted.class::isInstance);
    }

    @Test
    void shouldTakeAClientsNextKeyFromTheRoundThatCallsItByThat() {
        // Given a client that changed its key between two rounds
        bench.send(federation.adapter(0, base)).send(opened).send(updateA).send(updateB).send(updateC).send(closed);
        SigningKey former = federation.key("a");
        federation.changeKey("a");
        RoundOpened second = federation.opened(2, values(1));
        SignedUpdate stolen = SignedUpdate.of(second, federation.cut(), "a", former, 10, federation.vector(21));
        SignedUpdate real = federation.update(second, "a", 10, federation.vector(22));
        int before = bench.verdicts().size();

        // When both keys are used in the second
        bench.send(second).send(stolen).send(real);

        // Then only the new one is the client's
        assertThat(bench.verdicts().subList(before, bench.verdicts().size())).hasSize(2);
        assertThat(bench.verdicts(UpdateRejected.class)).singleElement().satisfies(rejected -> {
            assertThat(rejected.getUpdateSha256()).isEqualTo(stolen.manifest().getSha256());
            assertThat(rejected.getReason()).isEqualTo(RejectReason.BAD_SIGNATURE);
        });
        assertThat(bench.verdicts(UpdateAccepted.class)).last().extracting(UpdateAccepted::getUpdateSha256)
                .isEqualTo(real.manifest().getSha256());
    }

    @Test
    void shouldCallADifferentSecondUpdateAConflict() {
        // Given
        SignedUpdate second = federation.update(opened, "a", 10, federation.vector(99));

        // When
        bench.send(opened).send(updateA).send(second).send(second);

        // Then
        assertThat(bench.verdicts()).hasSize(2);
        assertThat(bench.verdicts(UpdateAccepted.class)).extracting(UpdateAccepted::getUpdateSha256)
                .containsExactly(updateA.manifest().getSha256());
        assertThat(bench.verdicts(UpdateRejected.class)).singleElement().satisfies(rejected -> {
            assertThat(rejected.getReason()).isEqualTo(RejectReason.CONFLICT);
            assertThat(rejected.getUpdateSha256()).isEqualTo(second.manifest().getSha256());
        });
        assertThat(bench.deadLetters()).singleElement()
                .satisfies(letter -> assertThat(letter.getOriginTopic()).isEqualTo(Topics.UPDATE_MANIFEST.name()));
    }

    @Test
    void shouldBoundWhatOneClientCanKeepHere() {
        // Given a client that signs ten different updates
        bench.send(opened);

        // When
        for (int variant = 0; variant < 10; variant++) {
            bench.send(federation.update(opened, "a", 10, federation.vector(100 + variant)).shards());
        }

        // Then
        assertThat(held()).hasSize(6 * 4);
        assertThat(bench.deadLetters()).hasSize(6 * 6);
    }

    @Test
    void shouldNotLetAForgedFirstShardUseUpWhatItsClientMayKeep() {
        // Given forged shards without a flaw, before as many different ones as a client can keep
        SignedUpdate forged = SignedUpdate.of(opened, federation.cut(), "a", SigningKey.generate("a-key"), 10,
                federation.vector(99));
        bench.send(opened).send(forged.shards());
        for (int variant = 0; variant < 3; variant++) {
            bench.send(federation.update(opened, "a", 10, federation.vector(100 + variant)).shards());
        }

        // When
        bench.send(updateA);

        // Then
        assertThat(bench.verdicts()).singleElement().isInstanceOf(UpdateAccepted.class);
        assertThat(bench.deadLetters()).hasSize(6)
                .allSatisfy(letter -> assertThat(letter.getReason()).startsWith("BAD_SIGNATURE"));
    }

    @Test
    void shouldRejectAnUpdateForOneBadShardWithTheShardsReason() {
        // Given
        float[] difference = federation.vector(50);
        difference[9] = Float.POSITIVE_INFINITY;
        SignedUpdate update = federation.update(opened, "a", 10, difference);

        // When
        bench.send(opened).send(update);

        // Then
        assertThat(bench.verdicts()).singleElement().isInstanceOfSatisfying(UpdateRejected.class, rejected -> {
            assertThat(rejected.getReason()).isEqualTo(RejectReason.NOT_FINITE);
            assertThat(rejected.getUpdateSha256()).isEqualTo(update.manifest().getSha256());
        });
        assertThat(bench.deadLetters()).singleElement().satisfies(letter -> {
            assertThat(letter.getReason()).startsWith("NOT_FINITE");
            assertThat(letter.getKey()).isEqualTo("run/1/a/2");
        });
    }

    @Test
    void shouldCountWhatItSays() {
        // Given
        float[] difference = federation.vector(50);
        difference[9] = Float.NaN;

        // When
        bench.send(federation.adapter(0, base)).send(opened).send(updateA)
                .send(federation.update(opened, "b", 10, difference));

        // Then
        assertThat(bench.counted("fedbiot.aggregator.accepted")).isEqualTo(1);
        assertThat(bench.counted("fedbiot.aggregator.rejected", "reason", "not_finite")).isEqualTo(1);
        assertThat(bench.counted("fedbiot.aggregator.rejected", "reason", "late")).isZero();
        assertThat(bench.counted("fedbiot.adapters.published")).isEqualTo(1);
        assertThat(bench.counted("fedbiot.dead.letters", "topic", Topics.UPDATE_SHARD.name())).isEqualTo(1);
    }

    @Test
    void shouldHoldTheNormOfTheWholeUpdateAgainstItsBound() {
        // Given a bound that no single shard is over
        Federation bounded = new Federation("bounded", ELEMENTS, SHARD_BYTES, 4.9, "a", "b");
        RoundOpened round = bounded.opened(1, base);
        float[] over = new float[ELEMENTS];
        over[0] = 3;
        over[20] = 4;
        float[] under = new float[ELEMENTS];
        under[0] = 3;
        under[20] = 3;

        // When
        bench.send(round).send(bounded.update(round, "a", 1, over)).send(bounded.update(round, "b", 1, under));

        // Then
        assertThat(bench.verdicts(UpdateRejected.class)).singleElement().satisfies(rejected -> {
            assertThat(rejected.getClientId()).isEqualTo("a");
            assertThat(rejected.getReason()).isEqualTo(RejectReason.NORM_EXCEEDED);
        });
        assertThat(bench.verdicts(UpdateAccepted.class)).singleElement()
                .extracting(UpdateAccepted::getClientId).isEqualTo("b");
    }

    @Test
    void shouldSayNothingOfAnIncompleteUpdate() {
        bench.send(opened).send(updateA.manifest()).send(updateA.shards().subList(1, 6));

        assertThat(bench.verdicts()).isEmpty();
        assertThat(bench.deadLetters()).isEmpty();
    }

    @Test
    void shouldRecordAStragglerAsLate() {
        // Given
        bench.send(federation.adapter(0, base)).send(opened).send(updateA).send(updateB);
        bench.send(federation.closed(opened, List.of(updateA, updateB)));

        // When
        bench.send(updateC);

        // Then
        assertThat(bench.verdicts(UpdateRejected.class)).singleElement().satisfies(rejected -> {
            assertThat(rejected.getClientId()).isEqualTo("c");
            assertThat(rejected.getReason()).isEqualTo(RejectReason.LATE);
        });
        assertThat(held()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldCallAnUpdateLateWhateverOfItCameBeforeTheClose(boolean manifestFirst) {
        // Given
        bench.send(federation.adapter(0, base)).send(opened).send(updateA).send(updateB);
        List<SpecificRecord> records = new ArrayList<>(updateC.shards());
        records.add(manifestFirst ? 0 : records.size(), updateC.manifest());
        bench.send(records.subList(0, 4));

        // When
        bench.send(federation.closed(opened, List.of(updateA, updateB))).send(records.subList(4, records.size()));

        // Then it has one verdict
        assertThat(bench.verdicts(UpdateRejected.class)).singleElement().satisfies(rejected -> {
            assertThat(rejected.getClientId()).isEqualTo("c");
            assertThat(rejected.getReason()).isEqualTo(RejectReason.LATE);
            assertThat(rejected.getUpdateSha256()).isEqualTo(updateC.manifest().getSha256());
        });
        assertThat(bench.verdicts(UpdateAccepted.class)).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldTakeTheClientsOfEveryAttemptOfARound(boolean beforeItsAttempt) {
        // Given attempt 1 calls a and b, attempt 2 calls b and c since a has failed
        RoundOpened first = calling(opened, 1, "a", "b");
        RoundOpened second = calling(opened, 2, "b", "c");
        bench.send(federation.adapter(0, base)).send(first).send(updateB);
        if (beforeItsAttempt) {
            bench.send(updateC).send(second);
        } else {
            bench.send(second).send(updateC);
        }

        // When a hands in after all, and the older attempt is told again
        bench.send(first).send(updateA).send(closed);

        // Then
        assertThat(bench.verdicts()).hasSize(3).allMatch(UpdateAccepted.class::isInstance);
        assertThat(values(1)).containsExactly(mean(base,
                List.of(federation.vector(11), federation.vector(12), federation.vector(13)), 10, 33, 7));
        assertThat(bench.deadLetters()).isEmpty();
        assertThat(bench.keys(ScreeningProcessor.INDEX)).noneMatch(key -> key.contains("/waiting/"));
    }

    @Test
    void shouldBoundWhatWaitsForRunsThatNobodyKnowsWhateverNamesItBears() {
        // Given as many records as fit, each of a client of its own, and then those of one that is real
        UpdateManifest any = updateA.manifest();
        for (int name = 0; name < WaitingRoom.EARLY_CAPACITY; name++) {
            bench.send(UpdateManifest.newBuilder(any).setRunId("run-" + name % 7).setClientId("c-" + name).build());
        }
        assertThat(bench.deadLetters()).isEmpty();
        bench.send(updateA);

        // Then the oldest made room, and nothing is left of their names
        assertThat(bench.deadLetters()).hasSize(7).allSatisfy(letter ->
                assertThat(letter.getReason()).startsWith("waited for a run that nobody knows"));
        assertThat(bench.keys(ScreeningProcessor.PAYLOADS)).hasSize(WaitingRoom.EARLY_CAPACITY);
        assertThat(bench.keys(ScreeningProcessor.INDEX)).filteredOn(key -> key.contains("/waiting/"))
                .hasSize(WaitingRoom.EARLY_CAPACITY - 7 + 1).noneMatch(key -> key.endsWith("/c-6"));

        // When
        bench.send(federation.accepted(2)).send(opened);

        // Then
        assertThat(bench.verdicts()).singleElement().isInstanceOf(UpdateAccepted.class);
    }

    @Test
    void shouldKeepARecordThatCameBeforeItsRunWasKnownHoweverManyComeInOtherNames() {
        // Given a client's record that still waits for an attempt that calls it
        bench.send(updateC.manifest()).send(federation.accepted(2)).send(calling(opened, 1, "a", "b"));

        // When
        for (int name = 0; name <= WaitingRoom.EARLY_CAPACITY; name++) {
            bench.send(UpdateManifest.newBuilder(updateA.manifest()).setRunId("other").setClientId("c-" + name).build());
        }

        // Then it is somebody else's that made room
        assertThat(bench.keys(ScreeningProcessor.PAYLOADS)).contains("run/waiting/1/c/" + "0".repeat(19));
        assertThat(bench.deadLetters()).singleElement().satisfies(letter ->
                assertThat(letter.getKey()).isEqualTo("other/1/c-0"));
    }

    @Test
    void shouldKeepNothingOfClientsAndRoundsThatAKnownRunHasNot() {
        // Given a stranger's record before the run is known, and one of a client that no attempt has called yet
        UpdateManifest strangers = UpdateManifest.newBuilder(updateA.manifest()).setClientId("eve").build();
        UpdateManifest beyond = UpdateManifest.newBuilder(updateA.manifest()).setRound(3).build();
        bench.send(strangers);
        assertThat(bench.deadLetters()).isEmpty();

        // When
        bench.send(federation.accepted(2));
        assertThat(bench.deadLetters()).hasSize(1);
        bench.send(strangers).send(beyond).send(calling(opened, 1, "a", "b")).send(strangers).send(updateC.manifest());

        // Then
        assertThat(bench.deadLetters()).extracting(letter -> letter.getReason()).containsExactly(
                "NOT_CALLED: client eve is none of run run's", "NOT_CALLED: client eve is none of run run's",
                "WRONG_ROUND: run run has 2 rounds, not 3", "NOT_CALLED: client eve is none of run run's");
        assertThat(bench.keys(ScreeningProcessor.PAYLOADS)).singleElement().satisfies(key ->
                assertThat(key).startsWith("run/waiting/1/c/"));
        assertThat(bench.verdicts()).isEmpty();
    }

    @Test
    void shouldDropARepeatThatAnswersALaterAttempt() {
        // Given
        bench.send(federation.adapter(0, base)).send(opened).send(updateA);

        // When
        bench.send(calling(opened, 2, "a", "b")).send(updateA).send(updateB);

        // Then
        assertThat(bench.verdicts()).hasSize(2).allMatch(UpdateAccepted.class::isInstance);
        assertThat(bench.deadLetters()).isEmpty();
    }

    @Test
    void shouldSayOfEveryRecordThatStillWaitsWhenItsRunEnds() {
        // Given one of a client that is not called, and one of a round that never opened
        bench.send(calling(opened, 1, "a", "b")).send(updateC.manifest());
        bench.send(UpdateManifest.newBuilder(updateA.manifest()).setRound(9).build());

        // When
        bench.send(federation.ended());

        // Then
        assertThat(bench.deadLetters()).hasSize(2)
                .allMatch(letter -> letter.getReason().equals("LATE: run run has ended"));
        assertThat(bench.keys(ScreeningProcessor.PAYLOADS)).noneMatch(key -> key.startsWith("run/"));
    }

    @Test
    void shouldRefuseWhomTheRoundDidNotCall() {
        // Given
        SignedUpdate strangers = SignedUpdate.of(opened, federation.cut(), "stranger",
                SigningKey.generate("stranger-key"), 10, federation.vector(3));

        // When
        bench.send(opened).send(strangers);
        assertThat(bench.verdicts()).as("a later attempt may call it").isEmpty();
        bench.send(federation.closed(opened, List.of()));

        // Then
        assertThat(bench.verdicts()).singleElement().isInstanceOfSatisfying(UpdateRejected.class,
                rejected -> assertThat(rejected.getReason()).isEqualTo(RejectReason.NOT_CALLED));
        assertThat(bench.deadLetters()).hasSize(7);
        assertThat(held()).isEmpty();
    }

    @Test
    void shouldKeepRecordsOfUnknownRoundsBoundedAndGiveUpTheOldestFirst() {
        // Given far more records ahead of the plan than the room holds, the real ones last
        UpdateShard forged = UpdateShard.newBuilder(updateA.shards().get(0)).setSignature(ByteBuffer.allocate(1)).build();
        for (int time = 0; time < WaitingRoom.CAPACITY + 10; time++) {
            bench.send(forged);
        }
        bench.send(updateA);
        assertThat(bench.keys(ScreeningProcessor.PAYLOADS)).hasSize(WaitingRoom.CAPACITY);
        assertThat(bench.deadLetters()).hasSize(10 + 7);

        // When
        bench.send(opened);

        // Then
        assertThat(bench.verdicts()).singleElement().isInstanceOf(UpdateAccepted.class);
        assertThat(bench.keys(ScreeningProcessor.PAYLOADS)).isEmpty();
        assertThat(held()).hasSize(6);
        assertThat(bench.keys(ScreeningProcessor.INDEX)).noneMatch(key -> key.contains("/waiting/"));
    }

    @Test
    void shouldGiveUpRecordsOfRunsAndRoundsThatNobodyOpened() {
        // Given records of another run and of a round that is not there, while two control events were written
        Federation foreign = new Federation("foreign", ELEMENTS, SHARD_BYTES, 0, "a");
        RoundOpened never = foreign.opened(1, base);
        SignedUpdate foreignUpdate = foreign.update(never, "a", 10, foreign.vector(3));
        SignedUpdate nextUpdate = federation.update(federation.opened(2, base), "a", 10, federation.vector(4));
        bench.controlEndsAt(2);
        bench.send(federation.adapter(0, base)).send(foreignUpdate.shards().get(2)).send(nextUpdate.manifest());

        // When the first of them comes, and then the second
        bench.send(opened);
        int afterFirst = bench.deadLetters().size();
        bench.send(updateA).send(updateB).send(updateC).send(closed);

        // Then they could still have had a plan before the second, and not after it
        assertThat(afterFirst).isZero();
        assertThat(bench.deadLetters()).extracting(DeadLetter::getKey).containsExactlyInAnyOrder("foreign/1/a/2", "run/2/a");
        assertThat(bench.deadLetters()).allMatch(letter -> letter.getReason().startsWith("WRONG_ROUND"));
        assertThat(bench.keys(ScreeningProcessor.PAYLOADS)).noneMatch(key -> key.contains("/waiting/"));
        assertThat(bench.keys(ScreeningProcessor.INDEX)).noneMatch(key -> key.contains("wait"));
        assertThat(last().getVersion()).isEqualTo(1);
    }

    @Test
    void shouldGiveUpWhatStillWaitsWhenItsRunEnds() {
        bench.send(updateA.manifest()).send(updateB.shards().get(1)).send(federation.ended());

        assertThat(bench.deadLetters()).extracting(DeadLetter::getReason)
                .containsExactly("LATE: run run has ended", "LATE: run run has ended");
        assertThat(bench.keys(ScreeningProcessor.INDEX)).filteredOn(key -> !key.startsWith("~early"))
                .containsExactly("run");
    }

    @Test
    void shouldWriteUndecodableRecordsToTheDeadLettersAndGoOn() {
        // Given
        byte[] garbage = "not an event".getBytes(StandardCharsets.UTF_8);
        byte[] truncated = Arrays.copyOf(bench.serialize(Topics.UPDATE_SHARD, updateA.shards().get(0)), 90);
        byte[] unknownId = {0, 0, 0, 127, 127, 1};
        byte[] close = bench.serialize(Topics.AGGREGATION_CONTROL, closed);

        // When
        bench.send(federation.adapter(0, base)).send(opened);
        bench.raw(Topics.UPDATE_SHARD, "some/key", garbage)
                .raw(Topics.UPDATE_SHARD, "run/1/a/0", truncated)
                .raw(Topics.UPDATE_MANIFEST, "run/1/a", unknownId)
                .raw(Topics.UPDATE_SHARD, "run/1/a/0", null)
                // A client that tries to close the round in a topic that it may write to.
                .raw(Topics.UPDATE_SHARD, "run/1", close);
        bench.send(updateA).send(updateB).send(updateC).send(closed);

        // Then
        assertThat(bench.deadLetters()).hasSize(5);
        DeadLetter first = bench.deadLetters().get(0);
        assertThat(first.getOriginTopic()).isEqualTo(Topics.UPDATE_SHARD.name());
        assertThat(first.getOriginPartition()).isZero();
        assertThat(first.getOriginOffset()).isZero();
        assertThat(first.getKey()).isEqualTo("some/key");
        assertThat(first.getSha256()).isEqualTo(Sha256.of(garbage));
        assertThat(first.getBytes()).isEqualTo(garbage.length);
        assertThat(first.getReason()).startsWith("undecodable");
        assertThat(bench.deadLetters()).extracting(DeadLetter::getOriginOffset).containsExactly(0L, 1L, 0L, 2L, 3L);
        assertThat(last().getVersion()).isEqualTo(1);
    }

    @Test
    void shouldRefuseOtherBytesForAnAdapterShardThatIsThere() {
        // Given
        bench.send(federation.adapter(0, base));

        // When
        bench.send(federation.adapter(0, federation.vector(2)).get(1));
        bench.send(AdapterShard.newBuilder(federation.adapter(1, base).get(0)).setData(ByteBuffer.allocate(16)).build());

        // Then
        assertThat(bench.deadLetters()).extracting(letter -> letter.getReason().split(":")[0])
                .containsExactly("CONFLICT", "HASH_MISMATCH");
        assertThat(bench.published()).hasSize(1);
    }

    @Test
    void shouldTellARunOfAVersionThatCannotBe() {
        // Given a shard whose bytes are not what it says, of version 0 and, after that, of a version that is there
        AdapterShard other = AdapterShard.newBuilder(federation.adapter(0, base).get(0))
                .setData(ByteBuffer.allocate(16)).build();
        bench.send(other);
        bench.send(federation.adapter(0, base));
        bench.send(other);

        // Then only the first can have kept a run waiting
        assertThat(bench.deadLetters()).extracting(letter -> letter.getReason().split(":")[0])
                .containsExactly("HASH_MISMATCH", "HASH_MISMATCH");
        assertThat(bench.verdicts(AdapterRefused.class)).singleElement().satisfies(refused -> {
            assertThat(refused.getRunId()).isEqualTo("run");
            assertThat(refused.getVersion()).isZero();
            assertThat(refused.getReason()).startsWith("HASH_MISMATCH");
        });
    }

    @Test
    void shouldTellARunWhoseBaseIsNotCutAsItsCloseSays() {
        // Given a version 0 of the right length in one shard, where the close has six
        Federation whole = new Federation("run", ELEMENTS, 4 * ELEMENTS, 0, "a", "b", "c");
        bench.send(whole.adapter(0, base)).send(opened).send(updateA).send(updateB).send(updateC);

        // When
        bench.send(closed);

        // Then
        assertThat(bench.verdicts(AdapterRefused.class)).singleElement().satisfies(refused -> {
            assertThat(refused.getVersion()).isEqualTo(1);
            assertThat(refused.getRound()).isEqualTo(1);
            assertThat(refused.getReason()).contains("shard 0 of adapter version 0 has " + 4 * ELEMENTS + " bytes");
        });
    }

    @Test
    void shouldWriteAVersionWhoseShardsDoNotFitToTheDeadLetters() {
        // Given a second shard that is of a longer vector than the others
        List<AdapterShard> shards = new ArrayList<>(federation.adapter(0, base));
        shards.set(1, AdapterShard.newBuilder(shards.get(1)).setElements(ELEMENTS + 1).build());

        // When
        bench.send(shards);

        // Then
        assertThat(bench.deadLetters()).hasSize(1);
        DeadLetter letter = bench.deadLetters().get(0);
        assertThat(letter.getReason()).startsWith("WRONG_SHAPE: run run, adapter version 0, shard 1 is of ")
                .contains((ELEMENTS + 1) + " elements");
        assertThat(letter.getOriginTopic()).isEqualTo(Topics.ADAPTER_SHARD.name());
        assertThat(letter.getOriginPartition()).isZero();
        assertThat(letter.getOriginOffset()).isEqualTo(1);
        assertThat(letter.getKey()).isEqualTo("run/0/1");
        assertThat(letter.getSha256()).isEqualTo(Sha256.of(bench.serialize(Topics.ADAPTER_SHARD, shards.get(1))));
        assertThat(bench.published()).isEmpty();
        assertThat(bench.verdicts(AdapterRefused.class)).singleElement()
                .satisfies(refused -> assertThat(refused.getReason()).isEqualTo(letter.getReason()));
    }

    @Test
    void shouldKeepOnlyWhatTheNextRoundNeeds() {
        // Given
        bench.send(federation.adapter(0, base)).send(opened).send(updateA).send(updateB).send(updateC).send(closed);
        float[] first = values(1);
        RoundOpened opened2 = federation.opened(2, first);
        SignedUpdate second = federation.update(opened2, "a", 5, federation.vector(14));

        // When
        bench.send(opened2).send(second).send(federation.closed(opened2, List.of(second)));

        // Then two versions of six shards, no update
        assertThat(bench.keys(ScreeningProcessor.PAYLOADS)).hasSize(12)
                .allMatch(key -> key.startsWith("run/base/1/") || key.startsWith("run/base/2/"));
        assertThat(held()).isEmpty();
    }

    @Test
    void shouldForgetARunThatEndedAndKeepTheOthers() {
        // Given
        Federation other = new Federation("run2", ELEMENTS, SHARD_BYTES, 0, "a");
        RoundOpened otherOpened = other.opened(1, base);
        bench.send(federation.adapter(0, base)).send(opened).send(updateA).send(updateB);
        bench.send(other.adapter(0, base)).send(otherOpened).send(other.update(otherOpened, "a", 1, other.vector(5)));

        // When
        bench.send(federation.ended());
        bench.send(updateC);

        // Then
        for (String store : List.of(ScreeningProcessor.INDEX, ScreeningProcessor.PAYLOADS, VerdictProcessor.PROGRESS)) {
            assertThat(bench.keys(store)).as(store).contains("run").anyMatch(key -> key.startsWith("run2/"))
                    .noneMatch(key -> key.startsWith("run/"));
        }
        assertThat(bench.verdicts()).hasSize(3);
        assertThat(bench.deadLetters()).hasSize(7)
                .allMatch(letter -> letter.getReason().startsWith("LATE: run run has ended"));
    }

    @Test
    void shouldRefuseACloseThatCannotBeFolded() {
        // Given
        bench.send(federation.adapter(0, base)).send(opened).send(updateA);

        // When a client is listed twice
        bench.send(federation.closed(opened, List.of(updateA, updateA)));

        // Then
        assertThat(bench.folded()).isEmpty();
        assertThat(bench.deadLetters()).singleElement().satisfies(letter ->
                assertThat(letter.getReason()).contains("run run round 1", "client a is listed twice"));
        assertThat(bench.verdicts(AdapterRefused.class)).singleElement().satisfies(refused ->
                assertThat(refused.getVersion()).isEqualTo(1));
    }

    private static RoundOpened calling(RoundOpened opened, int attempt, String... clients) {
        return RoundOpened.newBuilder(opened).setAttempt(attempt).setCalled(opened.getCalled().stream()
                .filter(called -> List.of(clients).contains(called.getClientId())).toList()).build();
    }

    @Test
    void shouldFoldNothingWhenACountedShardIsNoLongerInTheLog() {
        // Given
        bench.send(federation.adapter(0, base)).send(opened).send(updateA).send(updateB).send(updateC);
        bench.replaceSubmitted(6 + 2, null);

        // When, Then
        assertThatThrownBy(() -> bench.send(closed)).rootCause().isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("run run, round 1, client b, shard 2",
                        updateB.manifest().getShardSha256().get(2), "topic " + Topics.UPDATE_SHARD.name()
                                + ", partition 0, offset 8: is not there any more");
        assertThat(bench.published()).hasSize(1);
    }

    @Test
    void shouldFoldNothingWhenTheLogHoldsOtherBytesThanWereScreened() {
        // Given
        bench.send(federation.adapter(0, base)).send(opened).send(updateA).send(updateB).send(updateC);
        UpdateShard other = UpdateShard.newBuilder(updateB.shards().get(0)).setData(ByteBuffer.allocate(16)).build();
        bench.replaceSubmitted(6, bench.serialize(Topics.UPDATE_SHARD, other));

        // When, Then
        assertThatThrownBy(() -> bench.send(closed)).rootCause().isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("client b, shard 0", "offset 6",
                        "has sha256 " + Sha256.of(new byte[16]) + " now");
    }

    /** Shards that wait for their round's close. */
    private List<String> held() {
        return bench.keys(ScreeningProcessor.INDEX).stream().filter(key -> key.contains("/held/")).toList();
    }

    private AdapterPublished last() {
        return bench.published().get(bench.published().size() - 1);
    }

    private float[] values(int version) {
        float[] values = new float[ELEMENTS];
        bench.folded().stream().filter(shard -> shard.getVersion() == version).forEach(shard -> {
            float[] part = LittleEndian.floats(shard.getData());
            System.arraycopy(part, 0, values, shard.getStart(), part.length);
        });
        return values;
    }

    /** Exact arithmetic, rounded once: the kernel must agree to the bit wherever its double sums are good enough. */
    private static float[] mean(float[] base, List<float[]> differences, int... weights) {
        int total = Arrays.stream(weights).sum();
        float[] result = new float[base.length];
        for (int i = 0; i < base.length; i++) {
            BigDecimal sum = BigDecimal.ZERO;
            for (int client = 0; client < weights.length; client++) {
                sum = sum.add(BigDecimal.valueOf(weights[client]).multiply(new BigDecimal(differences.get(client)[i])));
            }
            result[i] = new BigDecimal(base[i])
                    .add(sum.divide(BigDecimal.valueOf(total), MathContext.DECIMAL128)).floatValue();
        }
        return result;
    }
}
