package org.fedbiot.coordinator;

import java.util.regex.Pattern;

/** Ids of runs and clients: they stand in record keys, file names and principals. */
final class Ids {

    static final String RULE = "[a-z0-9][a-z0-9-]{0,62}";

    private static final Pattern ID = Pattern.compile(RULE);

    private Ids() {
    }

    static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    static void require(String key, String text) {
        if (!isId(text)) {
            throw new UnusableInputException(key + " is not of the form " + RULE + ": " + text);
        }
    }
}
