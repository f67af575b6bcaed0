package org.fedbiot.learning.data;

/**
 * A record as the model reads it.
 *
 * @param tokens prompt, reply and end of sequence; not copied, never to be changed
 * @param promptLength leading tokens that are no reply and carry no loss
 */
public record TokenizedExample(int[] tokens, int promptLength) {
    public TokenizedExample {
        if (promptLength < 0 || promptLength >= tokens.length || tokens.length < 2) {
            throw new IllegalArgumentException("A record of " + tokens.length + " tokens with a prompt of "
                    + promptLength + " leaves no reply token to predict");
        }
    }
}
