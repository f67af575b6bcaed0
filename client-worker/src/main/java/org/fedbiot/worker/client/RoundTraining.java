package org.fedbiot.worker.client;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.fedbiot.learning.data.TokenizedExample;
import org.fedbiot.learning.method.LocalOutcome;
import org.fedbiot.learning.method.LocalRound;
import org.fedbiot.learning.method.LocalTraining;
import org.fedbiot.learning.method.Progress;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.event.CalledClient;
import org.fedbiot.schemas.event.ClientProgressed;
import org.fedbiot.schemas.event.ClientReported;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.UpdateManifest;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.integrity.ShardPlan;
import org.fedbiot.schemas.payload.ShardCodec;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;
import org.fedbiot.worker.ComputeGate;
import org.fedbiot.worker.MethodOptions;
import org.fedbiot.worker.SteppedWork;
import org.fedbiot.worker.WorkMeters;
import org.fedbiot.worker.version.FactorVersions;
import org.fedbiot.worker.version.Found;
import org.fedbiot.worker.version.PayloadMissingException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's work in one round: bring the copy up to the announced versions, train, hand in the difference. A
 * function of the announcement, of the client's data and of what the codec lost of its updates in earlier rounds of the
 * run, so that a client which died before its offset was committed hands in the same bytes again.
 */
final class RoundTraining {

    private static final Logger LOGGER = LoggerFactory.getLogger(RoundTraining.class);

    private final ClientConfig config;
    private final SignedEvents signed;
    private final EventProducer producer;
    private final ClientModels models;
    private final FactorVersions versions;
    private final ClientText text;
    private final ComputeGate gate;
    private final WorkMeters meters;
    private final Residuals residuals;
    /** Newest round that this process has handed in, by run. */
    private final Map<String, Integer> handedIn = new HashMap<>();

    RoundTraining(ClientConfig config, EventProducer producer, ClientModels models, FactorVersions versions,
            ClientText text, ComputeGate gate, WorkMeters meters) {
        this.config = config;
        this.signed = new SignedEvents(config.key());
        this.producer = producer;
        this.models = models;
        this.versions = versions;
        this.text = text;
        this.gate = gate;
        this.meters = meters;
        this.residuals = new Residuals(config.cacheDirectory().resolve("residuals").resolve(config.clientId()));
    }

    /**
     * Does the round; returns when update and report are acknowledged. A round that is opened again and that this
     * client has handed in needs nothing more of it: the update would be the same to the last byte.
     *
     * @param announcementBytes of the announcement's key and value
     * @throws LostContactException if the run's simulated links have this client out of reach
     * @throws RuntimeException if the round cannot be done; the message says why and where
     * @throws InterruptedException if the worker is closed meanwhile
     */
    void run(RoundOpened round, long announcementBytes) throws InterruptedException {
        if (Objects.equals(handedIn.get(round.getRunId()), round.getRound())) {
            LOGGER.atInfo().addKeyValue("client", config.clientId()).addKeyValue("run", round.getRunId())
                    .addKeyValue("round", round.getRound()).addKeyValue("attempt", round.getAttempt())
                    .log("update was handed in already");
            return;
        }
        if (round.getLostContact().contains(config.clientId())) {
            throw new LostContactException(round);
        }
        requireOwnKey(round);
        long bootstrapBefore = models.bootstrapBytes();
        ClientModel model = models.model(round.getRunId(), round.getBaseSha256());
        meters.bootstrapped(models.bootstrapBytes() - bootstrapBefore);
        LoraSpec lora = MethodOptions.lora(round.getLora());
        Found<float[]> adapter = versions.adapter(round.getRunId(), round.getAdapterVersion(),
                round.getAdapterSha256());
        Found<float[]> emulator = versions.emulator(round.getRunId(), round.getEmulatorVersion(),
                round.getEmulatorSha256());
        LocalRound local = new LocalRound(round.getRunId(), config.clientId(), round.getRound(),
                round.getRound() + round.getRoundOffset(), round.getSeed(), model.adapter(lora, adapter.value()),
                model.emulator(lora, emulator.value()));
        long bytesDown = announcementBytes + adapter.bytes() + emulator.bytes();
        meters.received(bytesDown);
        List<TokenizedExample> examples = text.training(model, round.getText());
        Trained trained = train(round, model, lora, local, examples);
        long bytesUp = send(round, trained.outcome(), examples.size());
        producer.send(Topics.CLIENT_PRESENCE, config.clientId(), signed.sign(ClientReported.newBuilder()
                .setRunId(round.getRunId()).setRound(round.getRound()).setClientId(config.clientId())
                .setBaseSha256(round.getBaseSha256()).setAdapterSha256(round.getAdapterSha256())
                .setEmulatorSha256(round.getEmulatorSha256())
                .setBytesUp(bytesUp)
                .setBytesDown(bytesDown)
                .setBootstrapBytes(models.bootstrapBytes()).setTrainingMillis(trained.millis())));
        producer.awaitAll();
        handedIn.put(round.getRunId(), round.getRound());
        LOGGER.atInfo().addKeyValue("client", config.clientId()).addKeyValue("run", round.getRunId())
                .addKeyValue("round", round.getRound()).addKeyValue("records", trained.outcome().processedSamples())
                .addKeyValue("firstLoss", trained.outcome().firstLoss())
                .addKeyValue("lastLoss", trained.outcome().lastLoss()).addKeyValue("millis", trained.millis())
                .log("update handed in");
    }

    /** Whether something of the client's own is kept for the rounds of a run to come. */
    boolean keepsFor(String runId) {
        return residuals.has(runId);
    }

    /** Of a run that is over. */
    void letGoOf(String runId) {
        handedIn.remove(runId);
        residuals.drop(runId);
    }

    private record Trained(LocalOutcome outcome, long millis) {
    }

    private Trained train(RoundOpened round, ClientModel model, LoraSpec lora, LocalRound local,
            List<TokenizedExample> examples) throws InterruptedException {
        try (ComputeGate.Lease lease = gate.acquire(round.getClientThreads())) {
            long start = System.nanoTime();
            LocalOutcome outcome = new LocalTraining(model.split(), lora, MethodOptions.training(round.getTraining()))
                    .run(local, examples, new SteppedWork(lease, progress(round)));
            return new Trained(outcome, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
        }
    }

    private Progress progress(RoundOpened round) {
        return (step, steps, loss) -> {
            meters.progressed(WorkMeters.TRAIN, loss);
            producer.send(Topics.CLIENT_PRESENCE, config.clientId(),
                    signed.sign(progressed(round, step, steps, loss)));
        };
    }

    private ClientProgressed.Builder progressed(RoundOpened round, int step, int steps, double loss) {
        return ClientProgressed.newBuilder().setRunId(round.getRunId()).setRound(round.getRound())
                .setClientId(config.clientId()).setStep(step).setSteps(steps).setLoss(loss);
    }

    /**
     * Shards first: whoever sees the manifest finds them all.
     *
     * @return bytes of both. Word of progress is not counted: how often it comes is the clock's doing, and a round that
     *     is done again has to cost the same
     */
    private long send(RoundOpened round, LocalOutcome outcome, int datasetSamples) throws InterruptedException {
        float[] difference = outcome.difference().values();
        ShardPlan plan = new ShardPlan(difference.length, round.getAggregation().getShardBytes());
        if (difference.length != round.getAdapterElements() || plan.shards() != round.getAdapterShards()) {
            throw new PayloadMissingException("announced are %d adapter elements in %d shards, this model has %d in %d"
                    .formatted(round.getAdapterElements(), round.getAdapterShards(), difference.length,
                            plan.shards()));
        }
        List<String> hashes = new ArrayList<>();
        List<ByteBuffer> shards = encode(round, plan, difference);
        Upload upload = upload(round, outcome, shards.size());
        for (int shard = 0; shard < shards.size(); shard++) {
            hashes.add(Sha256.of(shards.get(shard)));
            upload.add(producer.send(Topics.UPDATE_SHARD, plan.partition(shard),
                    EventKeys.shard(round.getRunId(), round.getRound(), config.clientId(), shard),
                    shard(round, plan, shard, hashes.get(shard), shards.get(shard))));
        }
        upload.await();
        CompletableFuture<RecordMetadata> manifest = producer.send(Topics.UPDATE_MANIFEST,
                EventKeys.client(round.getRunId(), round.getRound(), config.clientId()),
                manifest(round, outcome, datasetSamples, hashes));
        producer.awaitAll();
        return upload.bytes() + Upload.bytes(manifest.join());
    }

    /** What this loses is on disk before anything is sent. */
    private List<ByteBuffer> encode(RoundOpened round, ShardPlan plan, float[] difference) {
        ShardCodec codec = ShardCodec.of(round.getAggregation().getUpdateCodec());
        if (codec.isExact()) {
            return codec.encode(plan, difference);
        }
        EncodedUpdate update = EncodedUpdate.of(codec, plan, difference,
                residuals.before(round.getRunId(), round.getRound(), difference.length));
        residuals.keep(round.getRunId(), round.getRound(), update.lost());
        return update.shards();
    }

    private Upload upload(RoundOpened round, LocalOutcome outcome, int shards) {
        int steps = round.getTraining().getSteps();
        return new Upload(arrived -> producer.send(Topics.CLIENT_PRESENCE, config.clientId(), signed.sign(
                progressed(round, steps, steps, outcome.lastLoss()).setShardsSent(arrived).setShards(shards))));
    }

    private UpdateShard shard(RoundOpened round, ShardPlan plan, int shard, String sha256, ByteBuffer data) {
        return signed.sign(UpdateShard.newBuilder().setRunId(round.getRunId()).setRound(round.getRound())
                .setClientId(config.clientId())
                .setAdapterVersion(round.getAdapterVersion()).setAdapterSha256(round.getAdapterSha256())
                .setEmulatorVersion(round.getEmulatorVersion()).setEmulatorSha256(round.getEmulatorSha256())
                .setShard(shard).setShards(plan.shards()).setStart(plan.start(shard)).setElements(plan.elements())
                .setSha256(sha256).setData(data).setCodec(round.getAggregation().getUpdateCodec()));
    }

    private UpdateManifest manifest(RoundOpened round, LocalOutcome outcome, int datasetSamples, List<String> hashes) {
        return signed.sign(UpdateManifest.newBuilder().setRunId(round.getRunId()).setRound(round.getRound())
                .setClientId(config.clientId()).setBaseSha256(round.getBaseSha256())
                .setAdapterVersion(round.getAdapterVersion()).setAdapterSha256(round.getAdapterSha256())
                .setEmulatorVersion(round.getEmulatorVersion()).setEmulatorSha256(round.getEmulatorSha256())
                .setDatasetSamples(datasetSamples).setProcessedSamples(outcome.processedSamples())
                .setElements(outcome.difference().layout().elements()).setShardSha256(hashes)
                .setSha256(Sha256.ofHashes(hashes)).setMeanLoss(outcome.meanLoss())
                .setFirstLoss(outcome.firstLoss()).setLastLoss(outcome.lastLoss()));
    }

    /** An update signed with another key than the round expects would be thrown away after all the work. */
    private void requireOwnKey(RoundOpened round) {
        Optional<CalledClient> called = round.getCalled().stream()
                .filter(client -> client.getClientId().equals(config.clientId())).findFirst();
        if (called.isPresent() && !signed.isKey(called.get().getKeyId(), called.get().getPublicKey())) {
            throw new PayloadMissingException("the key registered for client %s is %s, not the one it holds, %s: "
                    .formatted(config.clientId(), called.get().getKeyId(), signed.keyId())
                    + "register its public key anew");
        }
    }
}
