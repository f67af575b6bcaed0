package org.fedbiot.cli.replay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.avro.Schema;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.VersionReplayed;

/**
 * A replay's result under its public names.
 *
 * @param outcome of the run; null while it is under way, when more versions may follow
 * @param equal whether every version came out as it was recorded and nothing else is wrong
 * @param versions up to the first that is not equal
 * @param first the first finding by round; null if there is none
 * @param whatIf null if nothing was asked, or the replay is not equal
 * @param evaluation null if it was not asked for
 * @param export directory of the exported adapter; null if it was not asked for
 */
record ReplayReport(
        String runId,
        String outcome,
        boolean equal,
        List<Version> versions,
        Problem first,
        List<Problem> findings,
        WhatIfPart whatIf,
        Evaluation evaluation,
        String export) {

    /** @param now null if it could not be folded */
    record Version(int version, int round, int clients, String then, String now, boolean equal) {
    }

    record Problem(String kind, int round, String text) {
    }

    /**
     * @param changed settings that are not as the run had them
     * @param written how many versions were new to the log; the others stood there already
     */
    record WhatIfPart(String runId, String originRunId, String label, List<String> without,
            Map<String, String> changed, ObjectNode aggregation, List<WhatIfVersion> versions, int written) {
    }

    /** @param original sha256 of the run's own version of that number */
    record WhatIfVersion(int version, int round, List<String> clients, String sha256, String original) {
    }

    record Evaluation(ScoreComparison.Figures logged, ScoreComparison.Figures original,
            ScoreComparison.Figures whatIf, boolean equal) {
    }

    /** @param written versions of a what-if that were new to the log */
    static ReplayReport of(ReplayResult result, int written, Optional<ScoreComparison> scores,
            Optional<String> export) {
        return new ReplayReport(
                result.history().spec().getRunId(),
                result.history().ended().map(ended -> ended.getOutcome().name()).orElse(null),
                result.isEqual(),
                result.versions().stream().map(row -> new Version(row.version(), row.round(), row.clients(), row.then(),
                        row.now(), row.isEqual())).toList(),
                result.first().map(ReplayReport::problem).orElse(null),
                result.findings().stream().map(ReplayReport::problem).toList(),
                result.answer().filter(answer -> result.isEqual())
                        .map(answer -> part(answer, result.versions(), written)).orElse(null),
                scores.map(compared -> new Evaluation(compared.logged(), compared.original(),
                        compared.whatIf().orElse(null), compared.isEqual())).orElse(null),
                export.orElse(null));
    }

    private static Problem problem(Finding finding) {
        return new Problem(finding.kind().toString(), finding.round(), finding.text());
    }

    private static WhatIfPart part(WhatIfAnswer answer, List<ReplayedVersion> originals, int written) {
        WhatIf question = answer.question();
        List<WhatIfVersion> versions = answer.versions().stream().map(version -> new WhatIfVersion(
                version.getVersion(), version.getRound(), clients(version), version.getSha256(),
                originals.stream().filter(row -> row.version() == version.getVersion())
                        .map(ReplayedVersion::then).findFirst().orElseThrow())).toList();
        return new WhatIfPart(question.runId(), question.originRunId(), WhatIf.LABEL,
                List.copyOf(question.without()), question.changed(), settings(question.aggregation()), versions,
                written);
    }

    private static List<String> clients(VersionReplayed version) {
        return version.getCounted().stream().map(CountedUpdate::getClientId).toList();
    }

    private static ObjectNode settings(AggregationSettings aggregation) {
        ObjectNode node = new ObjectMapper().createObjectNode();
        for (Schema.Field field : aggregation.getSchema().getFields()) {
            Object value = Objects.requireNonNull(aggregation.get(field.pos()), field.name());
            if (value instanceof Integer || value instanceof Long) {
                node.put(field.name(), ((Number) value).longValue());
            } else if (value instanceof Number number) {
                node.put(field.name(), number.doubleValue());
            } else {
                node.put(field.name(), value.toString());
            }
        }
        return node;
    }

    String toJson() {
        try {
            return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("replay of run " + runId + " cannot be written as JSON", e);
        }
    }
}
