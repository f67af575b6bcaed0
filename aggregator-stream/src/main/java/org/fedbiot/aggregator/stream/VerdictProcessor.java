package org.fedbiot.aggregator.stream;

import java.util.function.BiFunction;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.fedbiot.aggregator.AdapterAssembly;
import org.fedbiot.aggregator.UpdateScreen;
import org.fedbiot.aggregator.fact.AdapterShardSeen;
import org.fedbiot.aggregator.fact.ManifestScreened;
import org.fedbiot.aggregator.fact.RunOver;
import org.fedbiot.aggregator.fact.ShardScreened;
import org.fedbiot.aggregator.fact.UpdateProgress;
import org.fedbiot.aggregator.fact.VersionObjection;
import org.fedbiot.aggregator.fact.VersionProgress;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AdapterRefused;
import org.fedbiot.schemas.event.DeadLetter;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateRejected;
import org.fedbiot.schemas.wire.EventKeys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts facts of shards together: a verdict for each whole update, a manifest for each whole adapter version. */
final class VerdictProcessor implements Processor<String, SpecificRecord, String, SpecificRecord> {

    static final String PROGRESS = "verdict-progress";

    private static final Logger LOGGER = LoggerFactory.getLogger(VerdictProcessor.class);

    private final AggregatorMeters meters;
    private Outbox outbox;
    private RunStore store;

    VerdictProcessor(AggregatorMeters meters) {
        this.meters = meters;
    }

    @Override
    public void init(ProcessorContext<String, SpecificRecord> context) {
        outbox = new Outbox(context, meters);
        store = new RunStore(context.getStateStore(PROGRESS));
    }

    @Override
    public void process(Record<String, SpecificRecord> record) {
        outbox.begin(record.timestamp());
        SpecificRecord fact = record.value();
        if (fact instanceof ManifestScreened manifest) {
            update(manifest.getRunId(), manifest.getRound(), manifest.getClientId(), manifest, UpdateScreen::manifest);
        } else if (fact instanceof ShardScreened shard) {
            update(shard.getRunId(), shard.getRound(), shard.getClientId(), shard, UpdateScreen::shard);
        } else if (fact instanceof AdapterShardSeen shard) {
            version(shard);
        } else if (fact instanceof VersionObjection objection) {
            objected(objection);
        } else if (fact instanceof RunOver over) {
            store.endRun(over.getRunId());
        } else {
            throw new IllegalStateException("internal topic carries " + fact.getSchema().getFullName());
        }
    }

    private <F> void update(String runId, int round, String clientId, F fact,
            BiFunction<UpdateProgress, F, UpdateScreen.Step> rule) {
        if (store.ended(runId)) {
            return;
        }
        String key = RunStore.key(runId, "update", round, clientId);
        UpdateProgress before = store.get(key)
                .map(bytes -> (UpdateProgress) FactSerde.read(bytes))
                .orElseGet(UpdateScreen::start);
        UpdateScreen.Step step = rule.apply(before, fact);
        if (step.progress() != before) {
            store.put(key, FactSerde.write(step.progress()));
        }
        step.events().forEach(event -> send(EventKeys.client(runId, round, clientId), event));
    }

    private void send(String key, SpecificRecord event) {
        if (event instanceof DeadLetter letter) {
            outbox.deadLetter(letter);
            return;
        }
        if (event instanceof UpdateAccepted) {
            meters.accepted();
        } else if (event instanceof UpdateRejected rejected) {
            meters.rejected(rejected.getReason());
            LOGGER.atWarn().addKeyValue("run", rejected.getRunId()).addKeyValue("round", rejected.getRound())
                    .addKeyValue("client", rejected.getClientId()).addKeyValue("sha256", rejected.getUpdateSha256())
                    .addKeyValue("reason", rejected.getReason()).addKeyValue("detail", rejected.getDetail())
                    .log("update rejected");
        }
        outbox.event(key, event);
    }

    private void version(AdapterShardSeen shard) {
        if (store.ended(shard.getRunId())) {
            return;
        }
        String key = RunStore.key(shard.getRunId(), "version", shard.getVersion());
        VersionProgress before = store.get(key)
                .map(bytes -> (VersionProgress) FactSerde.read(bytes))
                .orElseGet(AdapterAssembly::start);
        try {
            AdapterAssembly.Step step = AdapterAssembly.add(before, shard);
            store.put(key, FactSerde.write(step.progress()));
            step.published().ifPresent(this::publish);
        } catch (IllegalArgumentException e) {
            // Shards of one version come from one writer on the server's side: this is a defect of it, not a forgery.
            LOGGER.atError().addKeyValue("run", shard.getRunId()).addKeyValue("adapterVersion", shard.getVersion())
                    .addKeyValue("reason", e.getMessage())
                    .log("adapter version cannot be published, its shards do not fit together");
            String reason = "WRONG_SHAPE: " + e.getMessage();
            outbox.deadLetter(AdapterAssembly.origin(shard), reason);
            refuse(new AdapterRefused(shard.getRunId(), shard.getVersion(), shard.getRound(), reason));
        }
    }

    /** Of a version that is there already, what does not fit is somebody else's record. */
    private void objected(VersionObjection objection) {
        boolean published = store.get(RunStore.key(objection.getRunId(), "version", objection.getVersion()))
                .filter(bytes -> ((VersionProgress) FactSerde.read(bytes)).getPublished()).isPresent();
        if (!published && !store.ended(objection.getRunId())) {
            refuse(new AdapterRefused(objection.getRunId(), objection.getVersion(), objection.getRound(),
                    objection.getReason()));
        }
    }

    private void refuse(AdapterRefused refused) {
        outbox.event(EventKeys.version(refused.getRunId(), refused.getVersion()), refused);
    }

    private void publish(AdapterPublished published) {
        meters.published();
        LOGGER.atInfo().addKeyValue("run", published.getRunId()).addKeyValue("adapterVersion", published.getVersion())
                .addKeyValue("sha256", published.getSha256()).addKeyValue("elements", published.getElements())
                .addKeyValue("shards", published.getShards().size()).log("adapter version published");
        outbox.event(EventKeys.version(published.getRunId(), published.getVersion()), published);
        outbox.commit();
    }
}
