package org.fedbiot.worker.client;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.fedbiot.learning.data.TokenizedExample;
import org.fedbiot.learning.method.EvaluatedModel;
import org.fedbiot.learning.method.Evaluation;
import org.fedbiot.learning.method.EvaluationOptions;
import org.fedbiot.learning.method.EvaluationSet;
import org.fedbiot.learning.method.EvaluationTask;
import org.fedbiot.learning.method.Progress;
import org.fedbiot.learning.method.Score;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.event.ClientEvaluated;
import org.fedbiot.schemas.event.EvaluationOpened;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.worker.ComputeGate;
import org.fedbiot.worker.MethodOptions;
import org.fedbiot.worker.SteppedWork;
import org.fedbiot.worker.WorkMeters;
import org.fedbiot.worker.version.FactorVersions;

/** A client's scores on its own held-out text: two scalars leave it, no text and nothing per record (design 3.8). */
final class OwnEvaluation {

    private static final Set<EvaluatedModel> HELD =
            EnumSet.of(EvaluatedModel.RAW_COMPRESSED, EvaluatedModel.ADAP_EMU);
    /** Likelihoods draw nothing. */
    private static final long NO_SEED = 0;

    private final ClientConfig config;
    private final SignedEvents signed;
    private final EventProducer producer;
    private final ClientModels models;
    private final FactorVersions versions;
    private final ClientText text;
    private final ComputeGate gate;
    private final WorkMeters meters;

    OwnEvaluation(ClientConfig config, EventProducer producer, ClientModels models, FactorVersions versions,
            ClientText text, ComputeGate gate, WorkMeters meters) {
        this.config = config;
        this.signed = new SignedEvents(config.key());
        this.producer = producer;
        this.models = models;
        this.versions = versions;
        this.text = text;
        this.gate = gate;
        this.meters = meters;
    }

    /**
     * Scores and reports; returns when the report is acknowledged.
     *
     * @throws RuntimeException if it cannot be done; the message says why and where
     * @throws InterruptedException if the worker is closed meanwhile
     */
    void run(EvaluationOpened opened) throws InterruptedException {
        ClientModel model = models.model(opened.getRunId(), opened.getBaseSha256());
        LoraSpec lora = MethodOptions.lora(opened.getLora());
        FactorVector adapter = model.adapter(lora, versions.adapter(opened.getRunId(), opened.getAdapterVersion(),
                opened.getAdapterSha256()).value());
        FactorVector emulator = model.emulator(lora, versions.emulator(opened.getRunId(),
                opened.getEmulatorVersion(), opened.getEmulatorSha256()).value());
        List<TokenizedExample> examples = text.heldOut(model, opened.getText());
        ClientEvaluated.Builder scores = ClientEvaluated.newBuilder().setRunId(opened.getRunId())
                .setClientId(config.clientId()).setAdapterVersion(opened.getAdapterVersion())
                .setEmulatorVersion(opened.getEmulatorVersion()).setRecords(examples.size());
        try (ComputeGate.Lease lease = gate.acquire(opened.getClientThreads())) {
            Map<EvaluatedModel, Score> nll = new Evaluation(model.split(), lora,
                    EvaluationOptions.likelihood(opened.getBatchTokens())).run(
                    new EvaluationTask(opened.getRunId(), opened.getAdapterVersion(), opened.getEmulatorVersion(),
                            NO_SEED, HELD, adapter, emulator),
                    EvaluationSet.likelihood(examples), new SteppedWork(lease, progress()), Progress.NONE);
            scores.setRawCompressedNll(nll.get(EvaluatedModel.RAW_COMPRESSED).nll())
                    .setAdapEmuNll(nll.get(EvaluatedModel.ADAP_EMU).nll());
        }
        producer.send(Topics.CLIENT_PRESENCE, config.clientId(), signed.sign(scores));
        producer.awaitAll();
    }

    private Progress progress() {
        return (step, steps, loss) -> meters.progressed(WorkMeters.SCORE, loss);
    }
}
