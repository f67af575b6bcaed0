package org.fedbiot.cli.output;

import java.io.Console;
import java.util.Map;

/**
 * What progress may do where it is shown.
 *
 * @param redraws whether a line may be written over, as on a screen
 * @param colours whether text may be coloured; NO_COLOR says no
 */
public record Terminal(boolean redraws, boolean colours) {

    public static Terminal ofProcess() {
        return of(isScreen(), System.getenv());
    }

    static Terminal of(boolean screen, Map<String, String> environment) {
        boolean redraws = screen && !"dumb".equals(environment.get("TERM"));
        return new Terminal(redraws, redraws && environment.getOrDefault("NO_COLOR", "").isEmpty());
    }

    /** Up to Java 21 there is a console only where a person is; since 22 there always is one, and it says so. */
    private static boolean isScreen() {
        if (System.console() == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(System.console());
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }
}
