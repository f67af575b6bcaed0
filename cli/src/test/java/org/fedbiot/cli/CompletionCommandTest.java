package org.fedbiot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script in a real bash. */
class CompletionCommandTest {

    @TempDir
    Path temp;

    @Test
    void shouldCompleteCommandsAndOptions() throws Exception {
        assertThat(complete("run", "su")).containsExactly("submit");
        assertThat(complete("run", "submit", "--dry")).containsExactly("--dry-run");
        assertThat(complete("events", "")).contains("tail");
    }

    @Test
    void shouldPrintTheSameScriptForZsh() {
        Fedbiot.Printed zsh = Fedbiot.run("completion", "zsh");

        assertThat(zsh.code()).isZero();
        assertThat(zsh.out()).contains("bashcompinit").isEqualTo(Fedbiot.run("completion", "bash").out());
    }

    @Test
    void shouldRefuseAShellThatItDoesNotKnow() {
        assertThat(Fedbiot.run("completion", "fish").code()).isEqualTo(ExitCode.USAGE.code());
    }

    /** What bash would offer for the last of the words. */
    private List<String> complete(String... words) throws IOException, InterruptedException {
        Path script = Files.writeString(temp.resolve("completion.sh"), Fedbiot.run("completion", "bash").out());
        String line = "source " + script + "; COMP_WORDS=(fedbiot " + String.join(" ", quoted(words))
                + "); COMP_CWORD=" + words.length + "; _complete_fedbiot; printf '%s\\n' \"${COMPREPLY[@]}\"";
        Process bash = new ProcessBuilder("bash", "-c", line).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        List<String> offered = new String(bash.getInputStream().readAllBytes()).lines().map(String::strip).toList();
        assertThat(bash.waitFor()).as(offered.toString()).isZero();
        return offered;
    }

    private static List<String> quoted(String... words) {
        return List.of(words).stream().map(word -> "'" + word + "'").toList();
    }
}
