package org.fedbiot.learning.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.fedbiot.learning.text.Tokenizer;

/**
 * Records whose tokens are drawn from a tokenizer's whole vocabulary, each alike. As text they are not the same tokens
 * when they are read again: neighbours may merge, and bytes that are no character break.
 */
public record RandomTokens(Tokenizer tokenizer, long seed) {
    private static final String CATEGORY = "random-tokens";

    /** A record for each of these, with as many tokens drawn for prompt with input, and for reply. */
    public List<Example> like(List<Example> records) {
        SplitMix64 random = Seeds.generator(seed, CATEGORY);
        List<Example> drawn = new ArrayList<>();
        for (Example record : records) {
            int prompt = length(record.prompt()) + record.input().map(this::length).orElse(0);
            drawn.add(Example.of("random " + (drawn.size() + 1), text(random, prompt),
                    text(random, length(record.reply())), Optional.of(CATEGORY)));
        }
        return List.copyOf(drawn);
    }

    private int length(String text) {
        return tokenizer.encode(text).length;
    }

    /** Never blank: a record needs text. */
    private String text(SplitMix64 random, int tokens) {
        int[] ids = new int[tokens];
        String text;
        do {
            for (int i = 0; i < tokens; i++) {
                ids[i] = random.nextInt(tokenizer.vocabularySize());
            }
            text = tokenizer.decode(ids);
        } while (text.isBlank());
        return text;
    }
}
