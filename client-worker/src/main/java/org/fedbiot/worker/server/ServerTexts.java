package org.fedbiot.worker.server;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.data.Example;
import org.fedbiot.learning.data.FinalAnswer;
import org.fedbiot.learning.data.JsonlExamples;
import org.fedbiot.learning.data.Tokenization;
import org.fedbiot.learning.data.TokenizedExample;
import org.fedbiot.learning.data.generated.GeneratedSets;
import org.fedbiot.learning.data.generated.PrivateTask;
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
final class ServerTexts {

    private static final Logger LOGGER = LoggerFactory.getLogger(ServerTexts.class);

    /**
     * Public records.
     *
     * @param records to align on
     * @param heldOut to measure on, the first of the set
     */
    record AlignmentText(List<TokenizedExample> records, List<TokenizedExample> heldOut) {
    }

    private static final String GENERATED = "generated:";

    private RunSpec alignmentSpec;
    private AlignmentText alignment;
    private RunSpec evaluationSpec;
    private EvaluationSet evaluation;

    AlignmentText alignment(RunSpec spec, Tokenizer tokenizer) {
        if (!spec.equals(alignmentSpec)) {
            alignment = readAlignment(spec, tokenizer);
            alignmentSpec = spec;
        }
        return alignment;
    }

    EvaluationSet evaluation(RunSpec spec, Tokenizer tokenizer) {
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
        List<Example> records = generated(location, spec)
                .map(sets -> Stream.of(sets.publicHeldOut(), sets.publicTrain()).flatMap(List::stream).toList())
                .orElseGet(() -> read(Path.of(location)));
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
        List<Example> records = generated(location, spec).map(GeneratedSets::ownerEvaluation)
                .orElseGet(() -> read(Path.of(location)));
        int first = spec.getEvaluation().getRecords();
        Tokenization.Result result = ModelText.tokenize(
                first > 0 && first < records.size() ? records.subList(0, first) : records, tokenizer, spec.getText());
        return new EvaluationSet(result.examples(),
                (record, reply) -> isRight(result.records().get(record).reply(), tokenizer.decode(reply)),
                tokenizer.eos().isPresent() ? Set.of(tokenizer.eos().getAsInt()) : Set.of());
    }

    /** By number where the expected reply announces one, as GSM8K's do; else the whole reply counts. */
    private static boolean isRight(String expected, String written) {
        FinalAnswer rule = expected.toLowerCase(Locale.ROOT).contains("the answer is")
                ? FinalAnswer.NUMBER : FinalAnswer.WHOLE_REPLY;
        return rule.matches(expected.strip(), written.strip());
    }

    /** Text that this project makes, a function of the run's seed; empty if the location is a file. */
    private static Optional<GeneratedSets> generated(String location, RunSpec spec) {
        if (!location.startsWith(GENERATED)) {
            return Optional.empty();
        }
        String task = location.substring(GENERATED.length());
        return Optional.of(Arrays.stream(PrivateTask.values())
                .filter(known -> known.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(task)).findFirst()
                .map(known -> GeneratedSets.draw(known, GeneratedSets.Sizes.STANDARD, spec.getSeed()))
                .orElseThrow(() -> new BadInputException("%s: no such generated text".formatted(location))));
    }
}
