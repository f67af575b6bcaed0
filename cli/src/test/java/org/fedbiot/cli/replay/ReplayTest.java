package org.fedbiot.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.cli.UserError;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AdapterShard;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RunAccepted;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.ShardRef;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateCodec;
import org.fedbiot.schemas.event.UpdateManifest;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReplayTest {

    private final RecordedRun run = new RecordedRun();

    @Test
    void shouldFoldEveryVersionAgain() throws InterruptedException {
        ReplayResult result = run.replay();

        float[] first = mean(RecordedRun.initial(), 1);
        float[] second = mean(first, 2);
        assertThat(result.isEqual()).isTrue();
        assertThat(result.findings()).isEmpty();
        assertThat(result.versions()).extracting(ReplayedVersion::now).containsExactly(
                RecordedRun.hash(RecordedRun.initial()), RecordedRun.hash(first), RecordedRun.hash(second));
        assertThat(result.versions()).extracting(ReplayedVersion::clients).containsExactly(0, 3, 3);
        assertThat(result.values()).isEqualTo(second);
    }

    @ParameterizedTest
    @EnumSource(UpdateCodec.class)
    void shouldFoldUpdatesOfEveryCodec(UpdateCodec codec) throws InterruptedException {
        RecordedRun encoded = new RecordedRun(Map.of("aggregation.updateCodec", codec.name()));

        ReplayResult result = encoded.replay();

        assertThat(result.findings()).isEmpty();
        assertThat(result.isEqual()).isTrue();
        assertThat(result.versions()).hasSize(3);
        assertThat(Arrays.equals(result.values(), run.replay().values())).isEqualTo(codec == UpdateCodec.FP32);
    }

    @Test
    void shouldNotMindWhatForgersAndRepeatsLeaveInTheSubmitTopics() throws InterruptedException {
        // Given forged bytes under each shard's own name, read before it, and repeats and other shards of the client's
        List<Located<UpdateShard>> genuine = run.topics.find(Topics.UPDATE_SHARD, UpdateShard.class, any -> true);
        RunLog log = new RunLog(RecordedRun.RUN);
        genuine.forEach(shard -> {
            UpdateShard forged = UpdateShard.newBuilder(shard.event())
                    .setData(ByteBuffer.allocate(shard.event().getData().remaining())).build();
            log.add(run.topics.append(Topics.UPDATE_SHARD, shard.place().partition(), forged), forged);
            run.topics.append(Topics.UPDATE_SHARD, shard.place().partition(), shard.event());
            run.topics.append(Topics.UPDATE_SHARD, shard.place().partition(),
                    run.signed(UpdateShard.newBuilder(shard.event()).setSha256("cd".repeat(32))));
        });
        run.topics.records().forEach(record -> log.add(record.place(), record.event()));

        assertThat(run.replay(log, Optional.empty()).findings()).isEmpty();
    }

    @Test
    void shouldNameTheFirstVersionThatIsNotWhatItsUpdatesGive() throws InterruptedException {
        // Given a version 1 that was recorded and published with another last shard, consistently
        ByteBuffer other = ByteBuffer.wrap(new byte[8]);
        run.topics.change(Topics.ADAPTER_SHARD, AdapterShard.class,
                shard -> shard.getVersion() == 1 && shard.getShard() == 2,
                shard -> AdapterShard.newBuilder(shard).setData(other).setSha256(Sha256.of(other)).build());
        run.topics.change(Topics.ADAPTER_MANIFEST, AdapterPublished.class, version -> version.getVersion() == 1,
                version -> withLastShard(version, Sha256.of(other)));
        run.topics.change(Topics.DECISION, AdapterPublished.class, version -> version.getVersion() == 1,
                version -> withLastShard(version, Sha256.of(other)));

        ReplayResult result = run.replay();

        assertThat(result.isEqual()).isFalse();
        assertThat(result.versions()).extracting(ReplayedVersion::isEqual).containsExactly(true, false);
        assertThat(result.first().orElseThrow().round()).isEqualTo(1);
        assertThat(result.first().orElseThrow().text()).contains("adapter version 1", "in shards [2] of 3");
    }

    @Test
    void shouldReportAnAdapterShardWithOtherBytes() throws InterruptedException {
        AdapterShard shard = run.topics.find(Topics.ADAPTER_SHARD, AdapterShard.class,
                known -> known.getVersion() == 2 && known.getShard() == 1).get(0).event();
        Place place = run.topics.append(Topics.ADAPTER_SHARD, 1,
                AdapterShard.newBuilder(shard).setData(ByteBuffer.allocate(16)).build());

        assertOnly(run.replay(), Finding.Kind.OTHER_BYTES, 2, place.toString(), "shard 1 of adapter version 2",
                "published is " + shard.getSha256());
    }

    @Test
    void shouldReportAManifestThatTheCoordinatorDidNotRecord() throws InterruptedException {
        AdapterPublished version = run.topics.find(Topics.ADAPTER_MANIFEST, AdapterPublished.class,
                known -> known.getVersion() == 1).get(0).event();
        Place place = run.topics.append(Topics.ADAPTER_MANIFEST, 0, withLastShard(version, "cd".repeat(32)));

        assertOnly(run.replay(), Finding.Kind.OTHER_BYTES, 1, place.toString(), "adapter version 1");
    }

    @Test
    void shouldReportAMissingAdapterShardAndManifest() throws InterruptedException {
        run.topics.lose(Topics.ADAPTER_SHARD, AdapterShard.class,
                shard -> shard.getVersion() == 1 && shard.getShard() == 0);
        run.topics.lose(Topics.ADAPTER_MANIFEST, AdapterPublished.class, version -> version.getVersion() == 2);

        ReplayResult result = run.replay();

        assertThat(result.isEqual()).isFalse();
        assertThat(result.findings()).extracting(Finding::kind).containsOnly(Finding.Kind.HOLE);
        assertThat(result.findings()).extracting(Finding::text).satisfiesExactlyInAnyOrder(
                text -> assertThat(text).contains("shard 0 of adapter version 1", Topics.ADAPTER_SHARD.name(),
                        "partition 0"),
                text -> assertThat(text).contains("manifest of adapter version 2", Topics.ADAPTER_MANIFEST.name()));
    }

    @Test
    void shouldNotFoldWithoutVersionZero() throws InterruptedException {
        run.topics.lose(Topics.ADAPTER_SHARD, AdapterShard.class, shard -> shard.getVersion() == 0);

        ReplayResult result = run.replay();

        assertThat(result.isEqual()).isFalse();
        assertThat(result.versions()).singleElement().satisfies(row -> assertThat(row.now()).isNull());
    }

    @Test
    void shouldReportAMissingUpdateShard() throws InterruptedException {
        run.topics.lose(Topics.UPDATE_SHARD, UpdateShard.class,
                shard -> shard.getRound() == 2 && shard.getClientId().equals("ben") && shard.getShard() == 1);

        ReplayResult result = run.replay();

        assertOnly(result, Finding.Kind.HOLE, 2, "shard 1 of client ben", "topic " + Topics.UPDATE_SHARD.name()
                + ", key run-1/2/ben/1");
        assertThat(result.versions()).extracting(ReplayedVersion::isEqual).containsExactly(true, true, false);
        assertThat(result.versions().get(2).now()).isNull();
    }

    @Test
    void shouldReportAnUpdateShardWithOtherBytesThanItsHash() throws InterruptedException {
        Place place = run.topics.change(Topics.UPDATE_SHARD, UpdateShard.class,
                shard -> shard.getRound() == 1 && shard.getClientId().equals("cleo") && shard.getShard() == 0,
                shard -> UpdateShard.newBuilder(shard).setData(ByteBuffer.allocate(16)).build());

        assertOnly(run.replay(), Finding.Kind.OTHER_BYTES, 1, "shard 0 of client cleo", place.toString(),
                "HASH_MISMATCH");
    }

    @Test
    void shouldReportAnUpdateShardWithAnotherHash() throws InterruptedException {
        ByteBuffer other = ByteBuffer.allocate(16);
        Place place = run.topics.change(Topics.UPDATE_SHARD, UpdateShard.class,
                shard -> shard.getRound() == 1 && shard.getClientId().equals("cleo") && shard.getShard() == 0,
                shard -> run.signed(UpdateShard.newBuilder(shard).setData(other).setSha256(Sha256.of(other))));

        assertOnly(run.replay(), Finding.Kind.OTHER_BYTES, 1, "shard 0 of client cleo", place.toString(),
                Sha256.of(other));
    }

    @Test
    void shouldReportAManifestThatItsClientDidNotSign() throws InterruptedException {
        Place place = run.topics.change(Topics.UPDATE_MANIFEST, UpdateManifest.class,
                manifest -> manifest.getRound() == 2 && manifest.getClientId().equals("anna"),
                manifest -> UpdateManifest.newBuilder(manifest).setDatasetSamples(1_000).build());

        assertOnly(run.replay(), Finding.Kind.OTHER_BYTES, 2, "client anna", place.toString(), "BAD_SIGNATURE");
    }

    @Test
    void shouldReportAMissingUpdateManifest() throws InterruptedException {
        run.topics.lose(Topics.UPDATE_MANIFEST, UpdateManifest.class,
                manifest -> manifest.getRound() == 1 && manifest.getClientId().equals("anna"));

        assertOnly(run.replay(), Finding.Kind.HOLE, 1, "manifest of client anna", Topics.UPDATE_MANIFEST.name());
    }

    @Test
    void shouldReportAVerdictWhoseNormIsNotTheUpdates() throws InterruptedException {
        run.topics.change(Topics.DECISION, UpdateAccepted.class,
                verdict -> verdict.getRound() == 1 && verdict.getClientId().equals("ben"),
                verdict -> UpdateAccepted.newBuilder(verdict).setNorm(Math.nextUp(verdict.getNorm())).build());

        assertOnly(run.replay(), Finding.Kind.BROKEN_RULE, 1, "client ben", "norm");
    }

    @Test
    void shouldReportAWeightThatTheRulesDoNotGive() throws InterruptedException {
        Place place = run.topics.change(Topics.DECISION, RoundClosed.class, close -> close.getRound() == 2,
                close -> RoundClosed.newBuilder(close).setCounted(close.getCounted().stream()
                        .map(update -> update.getClientId().equals("ben")
                                ? CountedUpdate.newBuilder(update).setWeight(26).build() : update)
                        .toList()).build());

        ReplayResult result = run.replay();

        assertThat(result.isEqual()).isFalse();
        assertThat(result.findings().get(0)).isEqualTo(Finding.brokenRule(2, place
                + ": the update of client ben weighs 26.0, by DATASET it is 25.0"));
        assertThat(result.versions().get(2).isEqual()).as("folded by the weight that the close names").isFalse();
    }

    @Test
    void shouldReportACloseThatCountsWithoutAVerdict() throws InterruptedException {
        run.topics.lose(Topics.DECISION, UpdateAccepted.class,
                verdict -> verdict.getRound() == 1 && verdict.getClientId().equals("cleo"));

        ReplayResult result = run.replay();

        assertThat(result.isEqual()).isFalse();
        assertThat(result.findings()).extracting(Finding::text).anySatisfy(text -> assertThat(text)
                .contains("ALL_IN", "[cleo]")).anySatisfy(text -> assertThat(text)
                .contains("client cleo counts", "no accepted verdict"));
    }

    @Test
    void shouldReportAMissingClose() throws InterruptedException {
        Place after = run.topics.find(Topics.DECISION, AdapterPublished.class, version -> version.getVersion() == 1)
                .get(0).place();
        run.topics.lose(Topics.DECISION, RoundClosed.class, close -> close.getRound() == 1);

        ReplayResult result = run.replay();

        assertThat(result.isEqual()).isFalse();
        assertThat(result.findings()).anySatisfy(finding -> assertThat(finding.text())
                .contains(after.toString(), "does not fold", "AdapterPublished"));
    }

    @Test
    void shouldReportARoundThatIsGoneAltogether() throws InterruptedException {
        // Given a log whose last round is lost with all that came before the end
        List<Located<SpecificRecord>> records = run.topics.records();
        Place second = run.topics.find(Topics.DECISION, AdapterPublished.class, version -> version.getVersion() == 1)
                .get(0).place();
        RunLog log = new RunLog(RecordedRun.RUN);
        List<Located<SpecificRecord>> kept = new ArrayList<>(records);
        kept.removeIf(record -> record.place().topic().equals(Topics.DECISION.name())
                && record.place().offset() > second.offset() && !(record.event() instanceof RunEnded));
        kept.forEach(record -> log.add(record.place(), record.event()));

        ReplayResult result = run.replay(log, Optional.empty());

        assertThat(result.isEqual()).isFalse();
        assertThat(result.findings()).extracting(Finding::text).anySatisfy(text -> assertThat(text)
                .contains("COMPLETED after 2 rounds, the log has 1"));
    }

    @Test
    void shouldSayThatTheBeginningOfTheLogIsGone() {
        run.topics.lose(Topics.DECISION, RunAccepted.class, any -> true);
        RunLog log = run.log();
        log.trimmed(new Place(Topics.DECISION.name(), 0, 7));

        assertThatThrownBy(() -> run.replay(log, Optional.empty())).isInstanceOf(UserError.class)
                .hasMessageContaining(RecordedRun.RUN)
                .hasMessageContaining("topic " + Topics.DECISION.name() + ", partition 0 begins at offset 7");
    }

    @Test
    void shouldNotMindATrimmedLogThatStillHoldsTheRun() throws InterruptedException {
        RunLog log = run.log();
        log.trimmed(new Place(Topics.UPDATE_SHARD.name(), 2, 100));

        assertThat(run.replay(log, Optional.empty()).isEqual()).isTrue();
    }

    @Test
    void shouldNameTheRunsThatAreThere() {
        RunLog log = new RunLog("run-2");
        run.topics.records().forEach(record -> log.add(record.place(), record.event()));

        assertThatThrownBy(() -> run.replay(log, Optional.empty())).isInstanceOf(UserError.class)
                .hasMessageContaining("run-2").hasMessageContaining("[run-1]");
    }

    private static void assertOnly(ReplayResult result, Finding.Kind kind, int round, String... texts) {
        assertThat(result.isEqual()).isFalse();
        assertThat(result.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(kind);
            assertThat(finding.round()).isEqualTo(round);
            assertThat(finding.text()).contains(texts);
        });
    }

    private static AdapterPublished withLastShard(AdapterPublished version, String sha256) {
        List<ShardRef> shards = new ArrayList<>(version.getShards());
        shards.set(2, ShardRef.newBuilder(shards.get(2)).setSha256(sha256).build());
        return AdapterPublished.newBuilder(version).setShards(shards)
                .setSha256(Sha256.ofHashes(shards.stream().map(ShardRef::getSha256).toList())).build();
    }

    /** The definition, written out: base plus the sample-weighted mean, in double and in client-id order. */
    private static float[] mean(float[] base, int round) {
        double all = RecordedRun.SAMPLES.values().stream().mapToInt(samples -> samples).sum();
        float[] result = new float[base.length];
        for (int i = 0; i < base.length; i++) {
            double sum = 0;
            for (String client : RecordedRun.SAMPLES.keySet()) {
                sum += RecordedRun.SAMPLES.get(client) / all * RecordedRun.difference(round, client)[i];
            }
            result[i] = (float) (base[i] + sum);
        }
        return result;
    }
}
