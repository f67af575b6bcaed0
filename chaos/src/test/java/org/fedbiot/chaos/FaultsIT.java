package org.fedbiot.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.cli.process.ClientKeyFile;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.DeadLetter;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateManifest;
import org.fedbiot.schemas.event.UpdateRejected;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.integrity.SigningKey;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two honest clients, six that hand in what they must not, and somebody who writes to every topic that a client or a
 * worker may write to. The result must be that of the two alone, and all else must be named.
 */
@Timeout(300)
class FaultsIT {

    private static final int ROUNDS = 2;
    private static final Map<String, String> BOUNDED =
            Map.of("aggregation.maxUpdateNorm", "100", "aggregation.updateCodec", "FP32");
    private static final List<String> BAD_CLIENTS = List.of("base", "hash", "late", "nan", "norm", "shape");
    private static final String OTHER_HASH = Sha256.of(new byte[] {1});
    /** What the aggregator keeps of one client and a round that is not open, and one more. */
    private static final int TOO_MANY_WAITING = 129;

    @TempDir
    private Path directory;

    private TrialFiles files;
    private ClientUpdate annas;
    private SigningKey annasKey;
    private final Map<String, SigningKey> keys = BAD_CLIENTS.stream()
            .collect(Collectors.toMap(client -> client, SigningKey::generate));

    @Test
    void shouldNameEveryBadRecordAndFoldAsIfThereWereNone() throws Exception {
        // Given a run of the two honest clients alone
        files = TrialFiles.write(directory.resolve("files"));
        annasKey = ClientKeyFile.read(files.key("anna")).key();
        Map<Integer, String> undisturbed;
        try (OpenCluster cluster = new OpenCluster(directory.resolve("undisturbed"), files)) {
            cluster.run(files.spec(ROUNDS, BOUNDED), decision -> { });
            undisturbed = LogFacts.read(cluster.kafka(), ROUNDS).adapters();
            annas = update(cluster.kafka(), "anna");
        }
        assertThat(undisturbed).hasSize(ROUNDS + 1);

        // When the same run has bad clients, and records are thrown at it in every round
        try (OpenCluster cluster = new OpenCluster(directory.resolve("disturbed"), files);
                Thrower thrower = new Thrower(cluster.kafka())) {
            keys.forEach(cluster::register);
            BAD_CLIENTS.forEach(client -> thrower.joins(client, keys.get(client)));
            List<String> all = new ArrayList<>(TrialFiles.CLIENTS);
            all.addAll(BAD_CLIENTS);
            Map<String, String> changes = new TreeMap<>(BOUNDED);
            changes.put("federation.clients", all.toString());
            List<SpecificRecord> decisions = cluster.run(files.spec(ROUNDS, changes), decision -> {
                if (decision instanceof RoundOpened opened && opened.getRound() == 1) {
                    throwAtFirstRound(thrower);
                } else if (decision instanceof RoundOpened) {
                    throwAtSecondRound(thrower);
                }
            });

            // Then nobody stopped, both rounds counted the honest ones alone, and every version is the same
            assertThat(cluster.failures()).isEmpty();
            assertThat(decisions.get(decisions.size() - 1)).isInstanceOfSatisfying(RunEnded.class,
                    ended -> assertThat(ended.getOutcome()).as(ended.getReason()).isEqualTo(RunOutcome.COMPLETED));
            assertThat(decisions).filteredOn(RoundClosed.class::isInstance).hasSize(ROUNDS)
                    .allSatisfy(closed -> assertThat(((RoundClosed) closed).getCounted())
                            .extracting(CountedUpdate::getClientId).containsExactly("anna", "bert"));
            assertThat(LogFacts.read(cluster.kafka(), ROUNDS).adapters()).isEqualTo(undisturbed);

            // And each bad update has its verdict, each bad record its dead letter
            assertThat(verdicts(cluster.kafka())).containsExactlyInAnyOrder(
                    "1 anna accepted", "1 bert accepted", "2 anna accepted", "2 bert accepted",
                    "1 base WRONG_BASE_VERSION", "1 hash HASH_MISMATCH", "1 nan NOT_FINITE", "1 norm NORM_EXCEEDED",
                    "1 shape WRONG_SHAPE", "1 anna BAD_SIGNATURE", "1 anna CONFLICT",
                    "1 late LATE");
            assertDeadLetters(cluster.kafka(), thrower.bad());
        }
    }

    private void throwAtFirstRound(Thrower thrower) {
        // Bad clients, properly signed, in an order that no client sends
        thrower.backwards(annas.by("base", keys.get("base"))
                .saying(manifest -> manifest.setAdapterSha256(OTHER_HASH), keys.get("base")));
        thrower.backwards(annas.by("hash", keys.get("hash"))
                .saying(manifest -> manifest.setSha256(OTHER_HASH), keys.get("hash")));
        thrower.backwards(annas.by("nan", keys.get("nan")).with(FaultsIT::withNan, keys.get("nan")));
        thrower.backwards(annas.by("norm", keys.get("norm")).with(FaultsIT::huge, keys.get("norm")));
        thrower.backwards(annas.by("shape", keys.get("shape"))
                .saying(manifest -> manifest.setElements(annas.manifest().getElements() + 1), keys.get("shape")));
        thrower.fails("hash", 1, keys.get("hash"));
        thrower.fails("late", 1, keys.get("late"));

        // In anna's name: her own records before she sends them, and others around them
        UpdateShard first = annas.shards().get(0);
        thrower.send(annas.manifest());
        thrower.send(first);
        thrower.send(first);
        thrower.bad(thrower.send(first, 1), "belongs in partition 0");
        thrower.bad(thrower.send(UpdateShard.newBuilder(first).setData(flipped(first.getData())).build()),
                "HASH_MISMATCH");
        thrower.bad(thrower.send(UpdateManifest.newBuilder(annas.manifest()).setDatasetSamples(1_000_000)
                .setSignature(ByteBuffer.allocate(0)).build()), "BAD_SIGNATURE");
        SigningKey mallorys = SigningKey.generate(annasKey.keyId());
        thrower.bad(thrower.send(ClientUpdate.sign(UpdateManifest.newBuilder(annas.manifest())
                .setDatasetSamples(2_000_000), mallorys)), "BAD_SIGNATURE");
        thrower.bad(thrower.fails("anna", 1, mallorys), "BAD_SIGNATURE");
        thrower.bad(thrower.send(annas.by("eve", mallorys).manifest()), "NOT_CALLED");
        thrower.bad(thrower.send(annas.saying(manifest -> manifest.setRound(0), annasKey).manifest()),
                "WRONG_ROUND");
        ClientUpdate foreign = annas.saying(manifest -> manifest.setRunId("foreign"), annasKey);
        thrower.bad(thrower.send(foreign.manifest()), "waited for round 1 of run foreign");
        for (int more = 1; more < TOO_MANY_WAITING; more++) {
            thrower.send(foreign.manifest());
        }

        // What is no event at all
        thrower.truncated(first);
        byte[] garbage = "no event".getBytes(StandardCharsets.UTF_8);
        thrower.undecodable(Topics.UPDATE_SHARD, garbage, "undecodable");
        thrower.undecodable(Topics.UPDATE_MANIFEST, garbage, "undecodable");
        thrower.undecodable(Topics.CLIENT_PRESENCE, garbage, "does not start with a zero byte");
        thrower.undecodable(Topics.COMMAND, garbage, "does not start with a zero byte");
        thrower.undecodable(Topics.TASK_RESULT, garbage, "does not start with a zero byte");
        thrower.undecodable(Topics.CLIENT_PRESENCE, new byte[] {0, 127, 0, 0, 1, 2}, "schema id");
    }

    private void throwAtSecondRound(Thrower thrower) {
        thrower.backwards(annas);
        thrower.bad(thrower.send(annas.saying(manifest -> manifest.setSha256(reordered().get(0))
                .setShardSha256(reordered().subList(1, reordered().size())), annasKey).manifest()), "CONFLICT");
        thrower.backwards(annas.by("late", keys.get("late")));
        BAD_CLIENTS.forEach(client -> thrower.fails(client, 2, keys.get(client)));
        BAD_CLIENTS.forEach(client -> thrower.leaves(client, keys.get(client)));
    }

    /** The hash of another update, with its shard hashes behind it. */
    private List<String> reordered() {
        List<String> hashes = new ArrayList<>(annas.manifest().getShardSha256());
        hashes.set(0, OTHER_HASH);
        hashes.add(0, Sha256.ofHashes(List.copyOf(hashes)));
        return hashes;
    }

    private static float[] withNan(float[] values) {
        float[] changed = values.clone();
        changed[0] = Float.NaN;
        return changed;
    }

    private static float[] huge(float[] values) {
        float[] changed = new float[values.length];
        Arrays.fill(changed, 1e6f);
        return changed;
    }

    private static ByteBuffer flipped(ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        data.duplicate().get(bytes);
        bytes[0] ^= 1;
        return ByteBuffer.wrap(bytes);
    }

    private static ClientUpdate update(KafkaSettings kafka, String client) {
        try (TopicWatch watch = new TopicWatch(kafka, Topics.UPDATE_MANIFEST, Topics.UPDATE_SHARD)) {
            List<SpecificRecord> all = watch.readToEnd();
            List<UpdateShard> shards = all.stream().filter(UpdateShard.class::isInstance).map(UpdateShard.class::cast)
                    .filter(shard -> shard.getClientId().equals(client) && shard.getRound() == 1)
                    .sorted(Comparator.comparingInt(UpdateShard::getShard)).toList();
            UpdateManifest manifest = all.stream().filter(UpdateManifest.class::isInstance)
                    .map(UpdateManifest.class::cast)
                    .filter(found -> found.getClientId().equals(client) && found.getRound() == 1)
                    .findFirst().orElseThrow();
            return new ClientUpdate(manifest, shards);
        }
    }

    private static List<String> verdicts(KafkaSettings kafka) {
        try (TopicWatch watch = new TopicWatch(kafka, Topics.UPDATE_VERDICT)) {
            return watch.readToEnd().stream().map(event -> event instanceof UpdateAccepted accepted
                    ? accepted.getRound() + " " + accepted.getClientId() + " accepted"
                    : verdict((UpdateRejected) event)).toList();
        }
    }

    private static String verdict(UpdateRejected rejected) {
        return rejected.getRound() + " " + rejected.getClientId() + " " + rejected.getReason();
    }

    private static void assertDeadLetters(KafkaSettings kafka, List<Thrower.Bad> bad) {
        try (TopicWatch watch =
                new TopicWatch(kafka, Topics.AGGREGATOR_DEAD_LETTER, Topics.SERVER_DEAD_LETTER)) {
            List<DeadLetter> letters = watch.readToEnd().stream().map(DeadLetter.class::cast).toList();
            assertThat(bad).allSatisfy(record -> assertThat(letters)
                    .filteredOn(letter -> letter.getOriginTopic().equals(record.topic())
                            && letter.getOriginPartition() == record.partition()
                            && letter.getOriginOffset() == record.offset())
                    .as("dead letters of %s", record).isNotEmpty()
                    .allSatisfy(letter -> assertThat(letter.getReason()).contains(record.reason())));
        }
    }
}
