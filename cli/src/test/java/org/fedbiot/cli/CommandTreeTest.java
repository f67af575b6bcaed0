package org.fedbiot.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What holds for every command. */
class CommandTreeTest {

    private static final Path HOME = Path.of("..");
    private static final Path EXIT_CODES = HOME.resolve("docs").resolve("exit-codes.md");

    /** A page that is served until it is ended, and a script for a shell. */
    private static final Set<String> WITHOUT_RESULT = Set.of("dashboard", "completion");

    /** A command that does something, by its words. */
    record Leaf(String name, CommandLine command) {

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Leaf> leaves() {
        return leaves("", Main.commandLine());
    }

    private static Stream<Leaf> leaves(String name, CommandLine command) {
        return command.getSubcommands().isEmpty() ? Stream.of(new Leaf(name, command))
                : command.getSubcommands().entrySet().stream().flatMap(entry -> leaves(
                        (name + " " + entry.getKey()).strip(), entry.getValue()));
    }

    @ParameterizedTest
    @MethodSource("leaves")
    void shouldHelpPrintJsonAndBeNamedInTheDocs(Leaf leaf) throws IOException {
        assertThat(leaf.command().getCommandSpec().optionsMap()).containsKey("--help");
        if (!WITHOUT_RESULT.contains(leaf.name())) {
            assertThat(leaf.command().getCommandSpec().optionsMap()).containsKey("--format");
        }
        assertThat(docs()).containsPattern("fedbiot " + leaf.name() + "\\b");
    }

    /** Those in blocks of code, without comments; what may be left out is there. */
    static Stream<String> documentedCommands() throws IOException {
        return Pattern.compile("(?ms)^```.*?^```$").matcher(docs()).results()
                .flatMap(block -> block.group().lines()).map(String::strip).filter(line -> line.startsWith("./fedbiot "))
                .map(line -> line.substring("./fedbiot ".length()).replaceAll("\\s+#.*|[\\[\\]]", ""))
                .distinct();
    }

    @ParameterizedTest
    @MethodSource("documentedCommands")
    void shouldAcceptEveryCommandOfTheDocs(String command) {
        assertThatCode(() -> Main.commandLine().parseArgs(command.split("\\s+"))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("leaves")
    void shouldEndWithDocumentedCodesOnly(Leaf leaf) throws IOException {
        Set<Integer> listed = new TreeSet<>();
        leaf.command().getCommandSpec().usageMessage().exitCodeList().keySet()
                .forEach(code -> listed.add(Integer.valueOf(code.strip())));

        assertThat(documentedCodes()).containsAll(listed);
    }

    @Test
    void shouldDocumentEveryExitCodeAndNoOther() throws IOException {
        Set<Integer> codes = new TreeSet<>();
        Stream.of(ExitCode.values()).map(ExitCode::code).forEach(codes::add);
        codes.addAll(numbers("exit ([0-9]+)", Files.readString(HOME.resolve("fedbiot"))));

        assertThat(documentedCodes()).containsExactlyElementsOf(codes);
    }

    @Test
    void shouldEndWithUsageForWordsThatAreNoCommand() {
        assertThat(Fedbiot.run("run", "walk").code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(Fedbiot.run("run").code()).isEqualTo(ExitCode.USAGE.code());
    }

    @Test
    void shouldSayInOneLineThatNobodyAnswers() {
        Fedbiot.Printed printed = Fedbiot.run("run", "list", "--bootstrap-servers", "127.0.0.1:1",
                "--schema-registry", "http://127.0.0.1:1");

        assertThat(printed.code()).isEqualTo(ExitCode.NO_ANSWER.code());
        assertThat(printed.out()).isEmpty();
        assertThat(printed.err().lines()).last().asString().startsWith("fedbiot: no answer from 127.0.0.1:1");
    }

    private static Set<Integer> documentedCodes() throws IOException {
        return numbers("(?m)^## ([0-9]+): ", Files.readString(EXIT_CODES));
    }

    private static Set<Integer> numbers(String pattern, String text) {
        Set<Integer> numbers = new TreeSet<>();
        for (Matcher matcher = Pattern.compile(pattern).matcher(text); matcher.find();) {
            numbers.add(Integer.valueOf(matcher.group(1)));
        }
        return numbers;
    }

    private static String docs() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(HOME.resolve("README.md")));
        try (Stream<Path> files = Files.list(HOME.resolve("docs"))) {
            files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
        }
        StringBuilder text = new StringBuilder();
        for (Path page : pages) {
            text.append(Files.readString(page)).append('\n');
        }
        return text.toString();
    }
}
