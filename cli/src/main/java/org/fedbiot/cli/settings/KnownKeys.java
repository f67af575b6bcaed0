package org.fedbiot.cli.settings;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The keys that a section may have, and what is said of any other. */
final class KnownKeys {

    private static final int LETTERS_FOR_AN_EDIT = 3;

    private final List<String> names;

    KnownKeys(Collection<String> names) {
        this.names = names.stream().sorted().toList();
    }

    boolean contains(String name) {
        return names.contains(name);
    }

    /** Why an unknown key is refused; with the one that may have been meant. */
    String refusal(String unknown) {
        return "unknown key" + nearest(unknown).map(name -> ", nearest is " + name).orElse("") + "; known here: "
                + String.join(", ", names);
    }

    private Optional<String> nearest(String unknown) {
        return names.stream()
                .filter(name -> edits(unknown, name) <= Math.max(2, name.length() / LETTERS_FOR_AN_EDIT))
                .min(Comparator.comparingInt(name -> edits(unknown, name)));
    }

    /** Levenshtein distance, capital letters or not. */
    private static int edits(String from, String to) {
        String left = from.toLowerCase(Locale.ROOT);
        String right = to.toLowerCase(Locale.ROOT);
        int[] row = new int[right.length() + 1];
        for (int column = 0; column < row.length; column++) {
            row[column] = column;
        }
        for (int line = 1; line <= left.length(); line++) {
            int diagonal = row[0];
            row[0] = line;
            for (int column = 1; column < row.length; column++) {
                int replaced = diagonal + (left.charAt(line - 1) == right.charAt(column - 1) ? 0 : 1);
                diagonal = row[column];
                row[column] = Math.min(replaced, 1 + Math.min(row[column], row[column - 1]));
            }
        }
        return row[right.length()];
    }
}
