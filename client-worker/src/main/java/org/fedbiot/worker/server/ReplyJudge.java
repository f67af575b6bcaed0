package org.fedbiot.worker.server;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.fedbiot.learning.code.ProgrammingLanguage;
import org.fedbiot.learning.code.Syntax;
import org.fedbiot.learning.data.Example;
import org.fedbiot.learning.data.FinalAnswer;
import org.fedbiot.learning.method.EvaluationSet;
import org.fedbiot.learning.text.Tokenizer;
import org.fedbiot.schemas.event.AnswerKind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Judges generated replies by what the run's {@code evaluation.answer} asks for. */
final class ReplyJudge implements EvaluationSet.ReplyCheck {

    private static final Logger LOGGER = LoggerFactory.getLogger(ReplyJudge.class);

    private final AnswerKind kind;
    private final List<Example> records;
    private final Tokenizer tokenizer;
    private final Map<ProgrammingLanguage, Syntax> syntax;

    /** @param records that are prompted with, in order */
    ReplyJudge(AnswerKind kind, List<Example> records, Tokenizer tokenizer) {
        this.kind = kind;
        this.records = records;
        this.tokenizer = tokenizer;
        this.syntax = kind == AnswerKind.PROGRAM ? Syntax.atHand() : Map.of();
        if (kind == AnswerKind.PROGRAM) {
            warnOfUnchecked();
        }
    }

    private void warnOfUnchecked() {
        Set<String> unchecked = records.stream().flatMap(record -> ProgrammingLanguage.of(record).stream())
                .filter(language -> !syntax.containsKey(language)).map(ProgrammingLanguage::label)
                .collect(Collectors.toCollection(TreeSet::new));
        if (!unchecked.isEmpty()) {
            LOGGER.atWarn().addKeyValue("languages", unchecked)
                    .log("programs of these languages are generated but cannot be checked here");
        }
    }

    @Override
    public boolean isRight(int record, int[] reply) {
        String expected = records.get(record).reply();
        return rule(expected).matches(expected.strip(), tokenizer.decode(reply).strip());
    }

    @Override
    public Optional<Boolean> parses(int record, int[] reply) {
        return ProgrammingLanguage.of(records.get(record)).map(syntax::get)
                .map(language -> language.reads(Syntax.code(tokenizer.decode(reply))));
    }

    private FinalAnswer rule(String expected) {
        return switch (kind) {
            case NUMBER -> FinalAnswer.NUMBER;
            case WHOLE_REPLY, PROGRAM -> FinalAnswer.WHOLE_REPLY;
            // As GSM8K's replies do.
            case ANNOUNCED -> expected.toLowerCase(Locale.ROOT).contains("the answer is")
                    ? FinalAnswer.NUMBER : FinalAnswer.WHOLE_REPLY;
        };
    }
}
