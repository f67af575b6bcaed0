package org.fedbiot.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fedbiot.cli.UserError;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.ShardRef;
import org.fedbiot.schemas.event.UpdateCodec;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.event.VersionReplayed;
import org.fedbiot.schemas.integrity.LittleEndian;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.payload.ShardCodec;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class WhatIfTest {

    private final RecordedRun run = new RecordedRun();

    @Test
    void shouldFoldTheSameUpdatesOntoItsOwnBase() throws InterruptedException {
        try (ReplayResult result = ask("--without", "ben", "--weights", "uniform")) {
            WhatIfAnswer answer = result.answer().orElseThrow();

            float[] first = halves(RecordedRun.initial(), 1);
            float[] second = halves(first, 2);
            assertThat(result.isEqual()).isTrue();
            assertThat(answer.values()).isEqualTo(second);
            assertThat(answer.versions()).extracting(VersionReplayed::getSha256)
                    .containsExactly(RecordedRun.hash(first), RecordedRun.hash(second));
            assertThat(answer.versions()).extracting(VersionReplayed::getBaseSha256)
                    .containsExactly(RecordedRun.hash(RecordedRun.initial()), RecordedRun.hash(first));
        }
    }

    @Test
    void shouldTakeTheMiddleOfTheUpdates() throws InterruptedException {
        try (ReplayResult result = ask("--aggregator", "median")) {
            float[] first = median(RecordedRun.initial(), 1);
            assertThat(result.answer().orElseThrow().values()).isEqualTo(median(first, 2));
        }
    }

    @Test
    void shouldFoldWhatInt8UpdatesStandFor() throws InterruptedException {
        RecordedRun encoded = new RecordedRun(Map.of("aggregation.updateCodec", "INT8"));

        try (ReplayResult result = ask(encoded, "--without", "anna,cleo")) {
            // Ben's alone, which stand for whole multiples of each shard's scale
            float[] expected = RecordedRun.initial();
            for (int round = 1; round <= 2; round++) {
                float[] difference = RecordedRun.difference(round, "ben");
                for (int shard = 0; shard < RecordedRun.CUT.shards(); shard++) {
                    int start = RecordedRun.CUT.start(shard);
                    int end = RecordedRun.CUT.end(shard);
                    ByteBuffer bytes = ShardCodec.of(UpdateCodec.INT8).encode(difference, start, end)
                            .order(ByteOrder.LITTLE_ENDIAN);
                    double scale = bytes.getFloat();
                    for (int i = start; i < end; i++) {
                        double value = (float) (scale * bytes.get());
                        expected[i] = (float) (expected[i] + value);
                    }
                }
            }
            assertThat(result.isEqual()).isTrue();
            assertThat(result.answer().orElseThrow().values()).isEqualTo(expected);
        }
    }

    @Test
    void shouldCarryTheServerOptimisersStateFromRoundToRound() throws InterruptedException {
        try (ReplayResult result = ask("--server-optimiser", "momentum", "--without", "ben", "--weights", "uniform")) {
            float[] expected = RecordedRun.initial();
            float[] moment = new float[expected.length];
            for (int round = 1; round <= 2; round++) {
                for (int i = 0; i < expected.length; i++) {
                    double next = 0.9 * moment[i] + (0.5 * RecordedRun.difference(round, "anna")[i]
                            + 0.5 * RecordedRun.difference(round, "cleo")[i]);
                    expected[i] = (float) (expected[i] + next);
                    moment[i] = (float) next;
                }
            }
            assertThat(result.answer().orElseThrow().values()).isEqualTo(expected);
        }
    }

    @Test
    void shouldSayWhatItIsInEveryVersion() throws InterruptedException {
        try (ReplayResult result = ask("--without", "cleo,ben", "--run-id", "alone")) {
            assertThat(result.answer().orElseThrow().versions()).hasSize(2).allSatisfy(version -> {
                assertThat(version.getLabel()).isEqualTo("same updates, not retrained");
                assertThat(version.getRunId()).isEqualTo("alone");
                assertThat(version.getOriginRunId()).isEqualTo(RecordedRun.RUN);
                assertThat(version.getWithout()).containsExactly("ben", "cleo");
                assertThat(version.getCounted()).extracting(CountedUpdate::getClientId).containsExactly("anna");
                assertThat(version.getVersion()).isEqualTo(version.getRound());
            });
        }
    }

    @Test
    void shouldKeepEveryVersionsShardsOnDisk() throws InterruptedException {
        try (ReplayResult result = ask("--weights", "uniform", "--without", "ben")) {
            WhatIfAnswer answer = result.answer().orElseThrow();
            VersionReplayed first = answer.versions().get(0);

            float[] expected = halves(RecordedRun.initial(), 1);
            for (ShardRef ref : first.getShards()) {
                int shard = ref.getShard();
                assertThat(answer.shard(first, shard)).isEqualTo(LittleEndian.bytes(expected,
                        RecordedRun.CUT.start(shard), RecordedRun.CUT.end(shard)));
                assertThat(ref.getSha256()).isEqualTo(Sha256.of(answer.shard(first, shard)));
            }
        }
    }

    @Test
    void shouldLeaveOutUpdatesOverANormBound() throws InterruptedException {
        double bound = norm("ben", 1);

        try (ReplayResult result = ask("--set", "aggregation.maxUpdateNorm=" + bound)) {
            assertThat(result.answer().orElseThrow().versions().get(0).getCounted())
                    .extracting(CountedUpdate::getClientId)
                    .containsExactlyElementsOf(RecordedRun.SAMPLES.keySet().stream()
                            .filter(client -> norm(client, 1) <= bound).toList())
                    .contains("ben");
        }
    }

    @Test
    void shouldNameTheRoundThatHasNoUpdateLeft() {
        assertThatThrownBy(() -> ask("--without", "anna,ben,cleo")).isInstanceOf(UserError.class)
                .hasMessageContaining("round 1").hasMessageContaining("has no update left");
    }

    @Test
    void shouldNotAnswerFromALogWithAHole() throws InterruptedException {
        run.topics.lose(Topics.UPDATE_SHARD, UpdateShard.class,
                shard -> shard.getRound() == 2 && shard.getClientId().equals("ben"));

        try (ReplayResult result = ask("--without", "ben")) {
            assertThat(result.isEqual()).isFalse();
            assertThat(ReplayReport.of(result, 0, Optional.empty(), Optional.empty()).whatIf()).isNull();
        }
    }

    @Test
    void shouldNameItsRunByTheQuestion() throws InterruptedException {
        String id = id("--without", "ben,cleo");

        assertThat(id).matches("run-1-what-if-[0-9a-f]{8}");
        assertThat(id("--without", "cleo,ben", "--weights", "dataset")).isEqualTo(id);
        assertThat(id("--without", "ben")).isNotEqualTo(id);
        assertThat(id("--without", "ben,cleo", "--weights", "processed")).isNotEqualTo(id);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--without=dora | no round of run run-1 counts an update of it",
        "--weights=dataset | is what run run-1 did",
        "--weights=heavy | aggregation.weights: one of [",
        "--aggregator=best | aggregation.rule: one of [",
        "--set=aggregation.rulez=MEAN | aggregation.rulez: unknown key",
        "--set=aggregation.shardBytes=8 | cut into shards of 16 bytes",
        "--set=aggregation.updateCodec=INT8 | encoded as FP32, and stay so",
        "--set=aggregation.trimShare=0.5 | aggregation.trimShare: 0.5 is not from 0",
        "--set=training.steps=3 | only keys of aggregation",
        "--run-id=other | --run-id is for a what-if",
    })
    void shouldRefuseWhatCannotBeAsked(String option, String message) {
        assertThatThrownBy(() -> ask(option)).isInstanceOf(UserError.class).hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({"run-1", "Other"})
    void shouldRefuseARunIdThatIsNone(String runId) {
        assertThatThrownBy(() -> ask("--without", "ben", "--run-id", runId)).isInstanceOf(UserError.class)
                .hasMessageContaining(runId);
    }

    @Test
    void shouldRecogniseWhatIsInTheLogAlready() throws InterruptedException {
        try (ReplayResult result = ask("--without", "ben")) {
            List<VersionReplayed> versions = result.answer().orElseThrow().versions();
            Located<VersionReplayed> first = written(versions.get(0), 17);

            assertThat(WhatIfLog.missing(versions, List.of())).isEqualTo(versions);
            assertThat(WhatIfLog.missing(versions, List.of(first))).containsExactly(versions.get(1));
            assertThat(WhatIfLog.missing(versions, List.of(first, written(versions.get(1), 18)))).isEmpty();
        }
    }

    @Test
    void shouldRefuseTheRunIdOfAnotherQuestion() throws InterruptedException {
        try (ReplayResult asked = ask("--without", "ben", "--run-id", "x");
                ReplayResult other = ask("--without", "cleo", "--run-id", "x")) {
            Located<VersionReplayed> there = written(other.answer().orElseThrow().versions().get(1), 5);

            assertThatThrownBy(() -> WhatIfLog.missing(asked.answer().orElseThrow().versions(), List.of(there)))
                    .isInstanceOf(UserError.class).hasMessageContaining("run id x is taken")
                    .hasMessageContaining(there.place().toString());
        }
    }

    @Test
    void shouldLabelTheAnswerInEveryOutput() throws InterruptedException {
        try (ReplayResult result = ask("--without", "ben")) {
            ScoreComparison scores = new ScoreComparison(new ScoreComparison.Figures(1, 2, null),
                    new ScoreComparison.Figures(1, 2, null), Optional.of(new ScoreComparison.Figures(3, 4, 0.5)));
            ReplayReport report = ReplayReport.of(result, 2, Optional.of(scores), Optional.of("out"));

            assertThat(report.toJson()).contains("\"label\" : \"same updates, not retrained\"");
            assertThat(ReplayTable.lines(report)).filteredOn(line -> line.contains("what") || line.contains("out"))
                    .hasSizeGreaterThanOrEqualTo(3)
                    .allSatisfy(line -> assertThat(line).contains("same updates, not retrained"));
        }
    }

    /** As it comes back from the log: its shards have places. */
    private static Located<VersionReplayed> written(VersionReplayed version, long offset) {
        return new Located<>(VersionReplayed.newBuilder(version).setShards(version.getShards().stream()
                .map(shard -> ShardRef.newBuilder(shard).setPartition(1).setOffset(offset).build()).toList()).build(),
                new Place(Topics.REPLAY_VERSION.name(), 0, offset));
    }

    private ReplayResult ask(String... options) throws InterruptedException {
        return ask(run, options);
    }

    private static ReplayResult ask(RecordedRun run, String... options) throws InterruptedException {
        WhatIfOptions asked = CommandLine.populateCommand(new WhatIfOptions(), options);
        return new Replay(run.log(), run.topics.payloads(Topics.ADAPTER_SHARD),
                run.topics.payloads(Topics.UPDATE_SHARD), line -> { }).run(asked::question);
    }

    private String id(String... options) throws InterruptedException {
        try (ReplayResult result = ask(options)) {
            return result.answer().orElseThrow().question().runId();
        }
    }

    private static double norm(String client, int round) {
        double squared = 0;
        for (float value : RecordedRun.difference(round, client)) {
            squared += (double) value * value;
        }
        return Math.sqrt(squared);
    }

    private static float[] median(float[] base, int round) {
        float[] result = new float[base.length];
        for (int i = 0; i < base.length; i++) {
            int element = i;
            result[i] = (float) (base[i] + RecordedRun.SAMPLES.keySet().stream()
                    .mapToDouble(client -> RecordedRun.difference(round, client)[element]).sorted().toArray()[1]);
        }
        return result;
    }

    /** Anna and Cleo alone, each for a half. */
    private static float[] halves(float[] base, int round) {
        float[] anna = RecordedRun.difference(round, "anna");
        float[] cleo = RecordedRun.difference(round, "cleo");
        float[] result = new float[base.length];
        for (int i = 0; i < base.length; i++) {
            result[i] = (float) (base[i] + (0.5 * anna[i] + 0.5 * cleo[i]));
        }
        return result;
    }
}
