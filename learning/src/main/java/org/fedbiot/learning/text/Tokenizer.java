package org.fedbiot.learning.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import org.fedbiot.learning.BadInputException;

/**
 * A model's own tokenizer, read from a {@code tokenizer.json}. Adds no special token, cuts nothing, pads nothing: what
 * stands at the start and end of an example is decided where examples are made. May be used by several threads.
 *
 * <p>Holds native memory outside the heap until {@link #close()}.
 */
public final class Tokenizer implements AutoCloseable {
    private static final Map<String, String> PLAIN =
            Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false", "modelMaxLength", "-1");

    private final HuggingFaceTokenizer tokenizer;
    private final SpecialTokens special;
    private final int vocabularySize;
    private final boolean startsWithBos;

    private Tokenizer(HuggingFaceTokenizer tokenizer, SpecialTokens special, int vocabularySize) {
        this.tokenizer = tokenizer;
        this.special = special;
        this.vocabularySize = vocabularySize;
        long[] withSpecial = tokenizer.encode("", true, false).getIds();
        this.startsWithBos = special.bos().isPresent() && withSpecial.length > 0
                && withSpecial[0] == special.bos().getAsInt();
    }

    /**
     * Reads {@code tokenizer.json} and {@code tokenizer_config.json} of a Hugging Face directory.
     *
     * @param modelVocabularySize rows of the model's embedding; a tokenizer that can give a higher id is refused
     * @throws BadInputException file missing, malformed, or of another model
     */
    public static Tokenizer open(Path directory, int modelVocabularySize) {
        return of(TokenizerFiles.read(directory), modelVocabularySize);
    }

    /** As {@link #open}, from files in memory. */
    public static Tokenizer of(TokenizerFiles files, int modelVocabularySize) {
        TokenizerFiles.Vocabulary vocabulary = files.vocabulary();
        if (vocabulary.size() > modelVocabularySize) {
            throw new BadInputException(files.origin(), "tokenizer of another model: it has ids up to "
                    + (vocabulary.size() - 1) + ", the model's embedding has " + modelVocabularySize + " rows");
        }
        SpecialTokens special = files.specialTokens(vocabulary);
        try {
            return new Tokenizer(
                    HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(files.tokenizerJson()), PLAIN),
                    special, vocabulary.size());
        } catch (IOException | RuntimeException e) {
            throw new BadInputException(files.origin(), "tokenizer.json cannot be read: " + firstLine(e), e);
        }
    }

    /** Token ids of the text, without any special token before or after. */
    public int[] encode(String text) {
        long[] ids = tokenizer.encode(text, false, false).getIds();
        return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
    }

    /** Text of the ids; tokens with a role (bos, eos, pad) leave no trace in it. */
    public String decode(int[] ids) {
        return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), true);
    }

    /** Whether the tokenizer itself puts bos before a text when it is asked for special tokens. */
    public boolean addsBos() {
        long[] ids = tokenizer.encode("", true, false).getIds();
        return special.bos().isPresent() && ids.length > 0 && ids[0] == special.bos().getAsInt();
    }

    public OptionalInt bos() {
        return special.bos();
    }

    public OptionalInt eos() {
        return special.eos();
    }

    public OptionalInt pad() {
        return special.pad();
    }

    /** Whether the model was trained with bos before a text, by what its files do when asked for special tokens. */
    public boolean startsWithBos() {
        return startsWithBos;
    }

    /** Highest id that the tokenizer can give, plus one. */
    public int vocabularySize() {
        return vocabularySize;
    }

    @Override
    public void close() {
        tokenizer.close();
    }

    private static String firstLine(Throwable e) {
        String message = String.valueOf(e.getMessage());
        return message.lines().findFirst().orElse(message);
    }
}
