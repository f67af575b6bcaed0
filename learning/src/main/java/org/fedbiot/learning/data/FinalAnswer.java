package org.fedbiot.learning.data;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What of a reply has to be equal for it to count as right. */
public enum FinalAnswer {
    /** The whole text. */
    WHOLE_REPLY {
        @Override
        public Optional<String> of(String reply) {
            return Optional.of(reply);
        }
    },
    /**
     * GSM8K's rule (fedbiot-method 3): the first number after "the answer is", up to the next such phrase; where the
     * phrase is absent the last number. Commas do not count.
     */
    NUMBER {
        @Override
        public Optional<String> of(String reply) {
            String[] parts = reply.toLowerCase(Locale.ROOT).split(PHRASE, -1);
            boolean announced = parts.length > 1;
            Matcher numbers = NUMBER_FORM.matcher(parts[announced ? 1 : 0].replace(",", ""));
            String answer = null;
            while (numbers.find() && (answer == null || !announced)) {
                answer = numbers.group();
            }
            return Optional.ofNullable(answer).map(number -> number.replaceAll("\\.$", ""));
        }
    };

    private static final String PHRASE = "the answer is";
    private static final Pattern NUMBER_FORM = Pattern.compile("-?\\d+\\.?\\d*");

    /** The answer in a reply; empty where it has none. */
    public abstract Optional<String> of(String reply);

    /** Whether the written reply has the answer of the expected one. One without an answer is never right. */
    public boolean matches(String expected, String written) {
        Optional<String> answer = of(expected);
        return answer.isPresent() && answer.equals(of(written));
    }
}
