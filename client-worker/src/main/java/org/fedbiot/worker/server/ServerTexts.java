package org.fedbiot.worker.server;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.data.Example;
import org.fedbiot.learning.data.JsonlExamples;
import org.fedbiot.learning.data.Tokenization;
import org.fedbiot.learning.data.TokenizedExample;
import org.fedbiot.learning.data.generated.GeneratedLocation;
import org.fedbiot.learning.method.EvaluationSet;
import org.fedbiot.learning.text.Tokenizer;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.worker.ModelText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The owner's own text as tokens, made once for a run: alignments come in every round. A cache and nothing else. One
 * thread at a time.
 */
public final class ServerTexts {

    private static final Logger LOGGER = LoggerFactory.getLogger(ServerTexts.class);

    /**
     * Public records.
     *
     * @param records to align on
     * @param heldOut to measure on, the first of the set
     */
    public record AlignmentText(List<TokenizedExample> records, List<TokenizedExample> heldOut) {
    }

    private RunSpec alignmentSpec;
    private AlignmentText alignment;
    private RunSpec evaluationSpec;
    private EvaluationSet evaluation;

    /**
     * @throws BadInputException if the run's public text cannot be used, or is too little to keep some of it aside
     */
    public AlignmentText alignment(RunSpec spec, Tokenizer tokenizer) {
        if (!spec.equals(alignmentSpec)) {
            alignment = readAlignment(spec, tokenizer);
            alignmentSpec = spec;
        }
        return alignment;
    }

    /** @throws BadInputException if the run's evaluation set cannot be used */
    public EvaluationSet evaluation(RunSpec spec, Tokenizer tokenizer) {
        if (!spec.equals(evaluationSpec)) {
            evaluation = readEvaluation(spec, tokenizer);
            evaluationSpec = spec;
        }
        return evaluation;
    }

    private static List<Example> read(Path file) {
        JsonlExamples text = JsonlExamples.read(file);
        text.skipped().forEach(skipped -> LOGGER.atWarn().addKeyValue("record", skipped.source())
                .addKeyValue("reason", skipped.reason()).log("record not used"));
        return text.examples();
    }

    private static AlignmentText readAlignment(RunSpec spec, Tokenizer tokenizer) {
        String location = spec.getServerData().getPublicLocation();
        List<Example> records = GeneratedLocation.is(location)
                ? GeneratedLocation.publicText(location, spec.getSeed()) : read(Path.of(location));
        List<TokenizedExample> all = ModelText.tokenize(records, tokenizer, spec.getText()).examples();
        int heldOut = spec.getAlignment().getHeldOutRecords();
        if (all.size() <= heldOut) {
            throw new BadInputException("%s: %d records are too few to keep alignment.heldOutRecords %d aside"
                    .formatted(location, all.size(), heldOut));
        }
        return new AlignmentText(all.subList(heldOut, all.size()), all.subList(0, heldOut));
    }

    private static EvaluationSet readEvaluation(RunSpec spec, Tokenizer tokenizer) {
        String location = spec.getServerData().getEvaluationLocation();
        List<Example> records = GeneratedLocation.is(location)
                ? GeneratedLocation.evaluation(location, spec.getSeed()) : read(Path.of(location));
        int first = spec.getEvaluation().getRecords();
        Tokenization.Result result = ModelText.tokenize(
                first > 0 && first < records.size() ? records.subList(0, first) : records, tokenizer, spec.getText());
        return new EvaluationSet(result.examples(),
                new ReplyJudge(spec.getEvaluation().getAnswer(), result.records(), tokenizer),
                tokenizer.eos().isPresent() ? Set.of(tokenizer.eos().getAsInt()) : Set.of());
    }
}
