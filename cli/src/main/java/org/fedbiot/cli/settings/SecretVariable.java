package org.fedbiot.cli.settings;

import java.util.Map;

/** The environment variable that holds a secret. Settings hold its name; its value is never part of a message. */
public record SecretVariable(String name) {

    private static final String NAME = "[A-Za-z_][A-Za-z0-9_]*";

    public SecretVariable {
        if (!name.matches(NAME)) {
            // It may be the secret itself, put where its variable's name belongs.
            throw new IllegalArgumentException("the name of an environment variable is expected (" + NAME + ")");
        }
    }

    boolean isSet(Map<String, String> environment) {
        return !environment.getOrDefault(name, "").isEmpty();
    }

    /**
     * The secret: not for printing.
     *
     * @throws IllegalArgumentException if the variable is not set
     */
    public String value(Map<String, String> environment) {
        if (!isSet(environment)) {
            throw new IllegalArgumentException("environment variable " + name + " is not set");
        }
        return environment.get(name);
    }
}
