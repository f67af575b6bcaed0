package org.fedbiot.worker;

import java.util.List;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.data.Example;
import org.fedbiot.learning.data.PromptTemplate;
import org.fedbiot.learning.data.Tokenization;
import org.fedbiot.learning.text.Tokenizer;
import org.fedbiot.schemas.event.TextSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records as a model reads them, the same on server and clients. */
public final class ModelText {

    private static final Logger LOGGER = LoggerFactory.getLogger(ModelText.class);

    private ModelText() {
    }

    /**
     * Records as tokens, without those whose prompt leaves no room for a reply; these are counted in the log.
     *
     * @throws BadInputException if none is left; names the first by file and line
     */
    public static Tokenization.Result tokenize(List<Example> examples, Tokenizer tokenizer, TextSettings settings) {
        Tokenization.Result result = new Tokenization(tokenizer,
                PromptTemplate.valueOf(settings.getTemplate().name()), settings.getMaxTokens()).of(examples);
        if (result.examples().isEmpty() && !examples.isEmpty()) {
            throw new BadInputException("%s, and so it is with all %d records: raise text.maxTokens"
                    .formatted(result.skipped().get(0), examples.size()));
        }
        if (!result.skipped().isEmpty()) {
            LOGGER.atInfo().addKeyValue("skipped", result.skipped().size()).addKeyValue("records", examples.size())
                    .addKeyValue("maxTokens", settings.getMaxTokens())
                    .addKeyValue("first", result.skipped().get(0))
                    .log("records that leave no room for a reply are not used");
        }
        return result;
    }
}
