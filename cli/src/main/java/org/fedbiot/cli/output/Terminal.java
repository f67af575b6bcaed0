package org.fedbiot.cli.output;

import java.io.Console;

/**
 * What progress may do where it is shown.
 *
 * @param redraws whether a line may be written over, as on a screen
 * @param colours whether text may be coloured; NO_COLOR says no
 */
public record Terminal(boolean redraws, boolean colours) {

    public static Terminal ofProcess() {
        boolean screen = isScreen() && !"dumb".equals(System.getenv("TERM"));
        String noColour = System.getenv("NO_COLOR");
        return new Terminal(screen, screen && (noColour == null || noColour.isEmpty()));
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
