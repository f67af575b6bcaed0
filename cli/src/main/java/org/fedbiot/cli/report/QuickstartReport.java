package org.fedbiot.cli.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fedbiot.schemas.event.AlignmentResult;
import org.fedbiot.schemas.event.ClientReported;
import org.fedbiot.schemas.event.CompressionResult;
import org.fedbiot.schemas.event.EvaluatedModel;
import org.fedbiot.schemas.event.ExportResult;
import org.fedbiot.schemas.event.ModelScore;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.UpdateAccepted;

/** The quickstart's result: the names of its JSON are public. */
public record QuickstartReport(
        String runId,
        double seconds,
        List<Round> rounds,
        List<Alignment> alignment,
        Evaluation evaluation,
        long bootstrapBytes,
        double exposedShare,
        long peakMemoryBytes,
        Export export) {

    public record Round(int round, double seconds, String adapterSha256, List<Client> clients) {
    }

    /** @param loss mean training loss over the round; {@code samples} processed in it */
    public record Client(String client, double loss, int samples, long bytesUp, long bytesDown) {
    }

    /** Losses on held-out public text. */
    public record Alignment(int version, double lossBefore, double lossAfter) {
    }

    public record Evaluation(Score rawFull, Score rawCompressed, Score adapEmu, Score adapFu) {
    }

    /** @param exactMatch null where nothing was generated; {@code parses} null where no program was checked */
    public record Score(double nll, double perplexity, Double exactMatch, Double parses) {
    }

    public record Export(String adapter, String merged, String record) {
    }

    /**
     * @param recordDirectory where the run record lies
     * @throws IllegalArgumentException if the run did not come to its end
     */
    public static QuickstartReport of(RunRecord run, long peakMemoryBytes, String recordDirectory) {
        CompressionResult compression = null;
        ExportResult export = null;
        List<ModelScore> scores = null;
        List<Alignment> alignment = new ArrayList<>();
        for (ServerTaskCompleted task : run.tasks()) {
            compression = task.getCompression() == null ? compression : task.getCompression();
            export = task.getExport() == null ? export : task.getExport();
            scores = task.getEvaluation() == null ? scores : task.getEvaluation().getScores();
            AlignmentResult aligned = task.getAlignment();
            if (aligned != null) {
                alignment.add(new Alignment(aligned.getEmulatorVersion(), aligned.getBefore().getLoss(),
                        aligned.getAfter().getLoss()));
            }
        }
        if (compression == null || export == null || scores == null) {
            throw new IllegalArgumentException("run " + run.runId() + " has no complete result in its log");
        }
        return new QuickstartReport(run.runId(), run.seconds(), run.rounds().stream().map(QuickstartReport::round)
                .toList(), alignment, evaluation(scores), compression.getBootstrapBytes(),
                (double) compression.getHeldParameters() / compression.getTotalParameters(), peakMemoryBytes,
                new Export(export.getAdapterDirectory(), export.getMergedDirectory(), recordDirectory));
    }

    private static Round round(RoundRecord round) {
        List<Client> clients = new ArrayList<>();
        for (Map.Entry<String, UpdateAccepted> entry : round.updates().entrySet()) {
            UpdateAccepted update = entry.getValue();
            clients.add(new Client(entry.getKey(), update.getMeanLoss(), update.getProcessedSamples(),
                    round.report(entry.getKey()).map(ClientReported::getBytesUp).orElse(0L),
                    round.report(entry.getKey()).map(ClientReported::getBytesDown).orElse(0L)));
        }
        return new Round(round.number(), round.seconds(), round.adapter().map(a -> a.getSha256()).orElse(""), clients);
    }

    private static Evaluation evaluation(List<ModelScore> scores) {
        Map<EvaluatedModel, Score> byModel = new LinkedHashMap<>();
        for (ModelScore score : scores) {
            byModel.put(score.getModel(), new Score(score.getNll(), score.getPerplexity(),
                    share(score.getExactMatch()), share(score.getParses())));
        }
        return new Evaluation(byModel.get(EvaluatedModel.RAW_FULL), byModel.get(EvaluatedModel.RAW_COMPRESSED),
                byModel.get(EvaluatedModel.ADAP_EMU), byModel.get(EvaluatedModel.ADAP_FU));
    }

    private static Double share(double share) {
        return share < 0 ? null : share;
    }

    public String toJson() {
        try {
            return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("report of run " + runId + " cannot be written as JSON", e);
        }
    }
}
