package org.fedbiot.learning.code;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.fedbiot.learning.data.Example;

/** A language that a record's reply is to be written in, found by the names that the record's text has for it. */
public enum ProgrammingLanguage {
    C("c", "C"),
    CPP("c++", "(?i:c\\+\\+|cpp)"),
    CSHARP("c#", "(?i:c#|csharp)"),
    GO("go", "Go|Golang|golang"),
    HASKELL("haskell", "(?i:haskell)"),
    JAVA("java", "(?i:java)"),
    JAVASCRIPT("javascript", "(?i:javascript|js|node|node\\.?js)"),
    KOTLIN("kotlin", "(?i:kotlin)"),
    PASCAL("pascal", "(?i:pascal)"),
    PERL("perl", "Perl|perl"),
    PHP("php", "(?i:php)"),
    PYTHON("python", "(?i:python)"),
    RUBY("ruby", "(?i:ruby)"),
    RUST("rust", "Rust"),
    SCALA("scala", "(?i:scala)"),
    SHELL("shell", "(?i:shell|bash)"),
    SQL("sql", "(?i:sql|mysql|postgresql|sqlite)"),
    SWIFT("swift", "Swift"),
    TYPESCRIPT("typescript", "(?i:typescript)");

    private final String label;
    private final Pattern named;

    ProgrammingLanguage(String label, String name) {
        this.label = label;
        // "C" is not in "C++" or "Objective-C", nor "js" in "Node.js".
        this.named = Pattern.compile("(?<![\\w#+.-])(?:" + name + ")(?![\\w#+])");
    }

    /** Its name as a category. */
    public String label() {
        return label;
    }

    /**
     * A record's language: what its category names; or an input that is nothing but a name; or the only language that
     * the instruction names; or, where that names none, the only one that the input names. A record that names several,
     * such as one to translate, has none.
     */
    public static Optional<ProgrammingLanguage> of(Example record) {
        Optional<ProgrammingLanguage> whole = record.category().flatMap(ProgrammingLanguage::called)
                .or(() -> record.input().flatMap(ProgrammingLanguage::called));
        if (whole.isPresent()) {
            return whole;
        }
        Set<ProgrammingLanguage> inPrompt = namedIn(record.prompt());
        Set<ProgrammingLanguage> named = inPrompt.isEmpty()
                ? record.input().map(ProgrammingLanguage::namedIn).orElse(Set.of()) : inPrompt;
        return named.size() == 1 ? Optional.of(named.iterator().next()) : Optional.empty();
    }

    private static Optional<ProgrammingLanguage> called(String name) {
        return Arrays.stream(values()).filter(language -> language.label.equalsIgnoreCase(name.strip())).findFirst();
    }

    private static Set<ProgrammingLanguage> namedIn(String text) {
        Set<ProgrammingLanguage> found = EnumSet.noneOf(ProgrammingLanguage.class);
        Arrays.stream(values()).filter(language -> language.named.matcher(text).find()).forEach(found::add);
        return found;
    }
}
