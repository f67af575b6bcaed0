package org.fedbiot.learning.data;

import java.util.Optional;

/**
 * A record of text.
 *
 * @param source   where it came from, {@code file:line} for a file; for messages
 * @param prompt   the question or instruction
 * @param input    what the instruction is about; empty where there is none
 * @param category what a partition by category goes by
 */
public record Example(String source, String prompt, Optional<String> input, String reply, Optional<String> category) {
    public Example {
        if (prompt.isBlank() || reply.isBlank()) {
            throw new IllegalArgumentException(source + ": a record needs a prompt and a reply");
        }
    }

    /** A record without a separate input. */
    public static Example of(String source, String prompt, String reply, Optional<String> category) {
        return new Example(source, prompt, Optional.empty(), reply, category);
    }
}
