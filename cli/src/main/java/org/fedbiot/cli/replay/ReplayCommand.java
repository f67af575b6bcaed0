package org.fedbiot.cli.replay;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.cluster.Cluster;
import org.fedbiot.cli.cluster.ClusterOptions;
import org.fedbiot.cli.cluster.DecisionHistory;
import org.fedbiot.cli.output.Output;
import org.fedbiot.cli.simulation.LogFile;
import org.fedbiot.learning.format.PeftExport;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.BasePublished;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.worker.MethodOptions;
import org.fedbiot.worker.UnusableRecords;
import org.fedbiot.worker.server.OwnerEvaluation;
import org.fedbiot.worker.version.KafkaPayloadLog;
import org.fedbiot.worker.version.PayloadLog;
import org.fedbiot.worker.version.PayloadMissingException;
import org.fedbiot.worker.version.VersionCatalog;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A run's versions from its log alone, then and now; and what other rules or clients would have given. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = "Fold every adapter version of a run again from its log, and say whether the bytes are the same;"
                + " or fold the same updates by another rule or without some clients.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:every version is the same bytes again", "1:one is not, the log has a hole, or bad input"})
public final class ReplayCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "RUN", description = "Id of the run.")
    private String runId;

    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private WhatIfOptions whatIf;

    @Option(names = "--to", paramLabel = "DIR",
            description = "Write the last version, of the what-if if one is asked, as a PEFT adapter.")
    private Path to;

    @Option(names = "--evaluate", description = "Score the last version on the owner's evaluation set, beside the"
            + " what-if's; needs the run's model and evaluation set on this machine.")
    private boolean evaluate;

    @Mixin
    private Output output;

    @Override
    public Integer call() throws InterruptedException {
        LogFile.open();
        try (Cluster opened = cluster.open(runId)) {
            return replay(opened.kafka());
        } catch (KafkaException e) {
            throw new UserError("run " + runId + ": the cluster does not answer as it should: " + e.getMessage(), e);
        }
    }

    private int replay(KafkaSettings kafka) throws InterruptedException {
        if (evaluate) {
            DecisionHistory.read(kafka).state().run(runId).ifPresent(run -> OwnerEvaluation.requireModel(run.spec()));
        }
        RunLog log = new LogScan(kafka, System.err::println).read(runId);
        log.deleted().ifPresent(archive -> {
            throw new UserError("run " + runId + ": was deleted, so its log has no payloads any more; restore the"
                    + " archive with sha256 " + archive + " into another directory: fedbiot run restore FILE --dir DIR");
        });
        try (PayloadLog adapters = new KafkaPayloadLog(kafka, "fedbiot-replay-adapter", Topics.ADAPTER_SHARD);
                PayloadLog updates = new KafkaPayloadLog(kafka, "fedbiot-replay-update", Topics.UPDATE_SHARD);
                ReplayResult result = new Replay(log, adapters, updates, System.err::println)
                        .run(history -> whatIf.question(history).map(question -> checked(question, log)))) {
            int written = 0;
            Optional<ScoreComparison> scores = Optional.empty();
            Optional<String> export = Optional.empty();
            // Nothing is made from a log that does not hold together.
            if (result.isEqual()) {
                written = result.answer().isEmpty() ? 0 : new WhatIfLog(kafka).write(result.answer().get());
                export = to == null ? Optional.empty() : Optional.of(export(kafka, result));
                scores = evaluate ? Optional.of(ScoreComparison.of(result, System.err::println)) : Optional.empty();
            }
            ReplayReport report = ReplayReport.of(result, written, scores, export);
            if (output.isJson()) {
                System.out.println(report.toJson());
            } else {
                ReplayTable.lines(report).forEach(System.out::println);
            }
            return report.equal() && scores.map(ScoreComparison::isEqual).orElse(true) ? 0 : 1;
        }
    }

    private static WhatIf checked(WhatIf question, RunLog log) {
        if (log.runs().contains(question.runId())) {
            throw new UserError("--run-id " + question.runId() + " is a run that was trained; choose another");
        }
        return question;
    }

    private String export(KafkaSettings kafka, ReplayResult result) throws InterruptedException {
        float[] values = result.answer().map(WhatIfAnswer::values).orElse(result.values());
        Path target = to.toAbsolutePath().normalize();
        try (VersionCatalog catalog = new VersionCatalog(kafka, "fedbiot-replay-manifests",
                UnusableRecords.logged("replay"))) {
            String base = result.history().rounds().stream().map(round -> round.opened().getBaseSha256()).findFirst()
                    .orElseThrow(() -> new UserError("run " + runId + " has no round, so there is nothing to export"));
            BasePublished layout = catalog.base(runId, base).value();
            PeftExport.write(target, result.history().spec().getModel().getName(), MethodOptions.lora(layout.getLora()),
                    FactorVector.of(MethodOptions.layout(layout.getAdapterLayout()), values));
        } catch (PayloadMissingException e) {
            throw new UserError("--to: the layout of the adapter is not in the log: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UserError(target + ": cannot be written: " + e.getMessage(), e);
        }
        return target.toString();
    }
}
