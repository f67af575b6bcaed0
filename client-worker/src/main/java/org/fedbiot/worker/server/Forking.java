package org.fedbiot.worker.server;

import java.util.Objects;
import org.fedbiot.learning.method.AlignmentOutcome;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.event.AlignmentResult;
import org.fedbiot.schemas.event.BasePublished;
import org.fedbiot.schemas.event.CompressionResult;
import org.fedbiot.schemas.event.EmulatorPublished;
import org.fedbiot.schemas.event.ForkPoint;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.ServerMoment;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.integrity.ShardPlan;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;
import org.fedbiot.worker.MethodOptions;
import org.fedbiot.worker.version.FactorVersions;

/**
 * The start of a fork: nothing is cut and nothing aligned, the origin's base is copied and its adapter and emulator
 * versions become the fork's versions 0, with the same bytes and so the same hashes.
 */
final class Forking implements ServerTask {

    private final EventProducer producer;
    private final FullModels models;
    private final OriginBase origins;
    private final FactorVersions versions;
    private final EmulatorPublisher publisher;
    private final EmulatorTraining training;
    private final KeptMoments moments;
    private final OriginMoments serverMoments;

    Forking(EventProducer producer, FullModels models, OriginBase origins, FactorVersions versions,
            EmulatorPublisher publisher, EmulatorTraining training, KeptMoments moments, OriginMoments serverMoments) {
        this.producer = Objects.requireNonNull(producer, "producer");
        this.models = Objects.requireNonNull(models, "models");
        this.origins = Objects.requireNonNull(origins, "origins");
        this.versions = Objects.requireNonNull(versions, "versions");
        this.publisher = Objects.requireNonNull(publisher, "publisher");
        this.training = Objects.requireNonNull(training, "training");
        this.moments = Objects.requireNonNull(moments, "moments");
        this.serverMoments = Objects.requireNonNull(serverMoments, "serverMoments");
    }

    @Override
    public void run(ServerTaskAssigned task, ServerTaskCompleted.Builder result, TaskReport report)
            throws InterruptedException {
        RunSpec spec = task.getSpec();
        ForkPoint fork = spec.getFork();
        String origin = spec.getOriginRunId();
        report.begin("load");
        try (RunModel model = RunModel.of(models.get(spec.getModel()), spec)) {
            FactorVector adapter = model.adapter(versions.adapter(origin, fork.getAdapterVersion(),
                    fork.getAdapterSha256()).value());
            FactorVector emulator = model.emulator(versions.emulator(origin, fork.getEmulatorVersion(),
                    fork.getEmulatorSha256()).value());
            AlignmentOutcome measured = training.run(task, model, adapter, emulator, 0, 0, report);

            report.begin("publish");
            BasePublished base = origins.copy(origin, fork.getBaseSha256(), spec.getRunId());
            publishServerMoments(spec, adapter.layout().elements());
            int shards = Compression.publishAdapter(producer, spec, adapter);
            // Which adapter it was aligned with is told in the origin's versions, which this run does not have.
            EmulatorPublished version = publisher.version(spec.getRunId(), 0, base.getBaseSha256(), -1, emulator);
            producer.awaitAll();
            producer.send(Topics.EMULATOR_MANIFEST, EventKeys.run(spec.getRunId()), base);
            producer.awaitAll();
            publisher.announce(version);

            result.setAlignment(AlignmentResult.newBuilder().setEmulatorVersion(0)
                    .setEmulatorSha256(version.getSha256()).setAdapterVersion(version.getAdapterVersion()).setSteps(0)
                    .setBefore(MethodOptions.loss(measured.before())).setAfter(MethodOptions.loss(measured.after()))
                    .setOptimiserState(moments.copy(origin, fork.getOptimiserState(), spec.getRunId())).build());
            result.setCompression(CompressionResult.newBuilder().setModelSha256(base.getModelSha256())
                    .setBaseSha256(base.getBaseSha256()).setBootstrapBytes(base.getBytes())
                    .setHeldParameters(base.getHeldParameters()).setTotalParameters(base.getTotalParameters())
                    .setAdapterElements(adapter.layout().elements()).setAdapterShards(shards)
                    .setEmulatorElements(emulator.layout().elements()).build());
        }
    }

    /** Before adapter version 0, so before anything can be folded onto it. */
    private void publishServerMoments(RunSpec spec, int elements) throws InterruptedException {
        ShardPlan plan = new ShardPlan(elements, spec.getAggregation().getShardBytes());
        for (ServerMoment moment : serverMoments.read(spec.getOriginRunId(), spec.getFork(), spec.getRunId(),
                spec.getAggregation(), elements)) {
            producer.send(Topics.SERVER_MOMENT, plan.partition(moment.getShard()),
                    EventKeys.moment(spec.getRunId(), 0, moment.getShard(), moment.getMoment()), moment);
        }
    }
}
