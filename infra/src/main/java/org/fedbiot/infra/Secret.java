package org.fedbiot.infra;

import java.security.SecureRandom;
import java.util.Base64;

/** A password: its text is never part of a message, a log line or an event. */
public record Secret(String value) {

    private static final int RANDOM_BYTES = 24;

    public Secret {
        if (value.isBlank()) {
            throw new IllegalArgumentException("a password must not be blank");
        }
    }

    /** From the platform's secure random source: 192 bits in letters, digits, {@code -} and {@code _}. */
    public static Secret random() {
        byte[] bytes = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(bytes);
        return new Secret(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    @Override
    public String toString() {
        return "[hidden]";
    }
}
