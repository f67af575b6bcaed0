package org.fedbiot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process: what a person sees of bad input, and what is left of it. */
class BadInputTest {

    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    Path directory;

    @Test
    void shouldNameAPortThatIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());

            assertThat(refusal("--port", port)).contains("port " + port).contains("choose another port");
        }
    }

    @Test
    void shouldNameASettingThatIsNone() throws Exception {
        assertThat(refusal("--set", "training.stepz=3")).contains("training.stepz: unknown key");
    }

    @Test
    void shouldNameTheFileAndKeyOfASettingThatIsNone() throws Exception {
        Path settings = Files.writeString(directory.resolve("run.yaml"), "seed: 0\nsplitt: {}\n");

        assertThat(refusal("--settings", settings.toString())).contains("run.yaml: splitt: unknown key");
    }

    @Test
    void shouldNameAnEmptyFileOfText() throws Exception {
        assertThat(refusal(text(""))).contains("text.jsonl: ");
    }

    @Test
    void shouldNameAFileOfFewerRecordsThanClients() throws Exception {
        assertThat(refusal(text("{\"prompt\": \"a\", \"reply\": \"b\"}\n")))
                .contains("text.jsonl: a data set of 1 records is smaller than its 3 clients");
    }

    private String[] text(String content) throws IOException {
        String file = Files.writeString(directory.resolve("text.jsonl"), content).toString();
        return new String[] {"--clients-data", file, "--eval-data", file, "--public-data", file};
    }

    /** Runs a quickstart that must be refused, and gives the one line that it says so in. */
    private String refusal(String... arguments) throws Exception {
        Path run = directory.resolve("run");
        Path out = directory.resolve("out.txt");
        Path err = directory.resolve("err.txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Dfedbiot.home=" + HOME,
                "-cp", System.getProperty("java.class.path"), Main.class.getName(), "quickstart", "--dir",
                run.toString()));
        command.addAll(List.of(arguments));
        int code = new ProcessBuilder(command).directory(directory.toFile())
                .redirectOutput(out.toFile()).redirectError(err.toFile()).start().waitFor();

        assertThat(out).isEmptyFile();
        assertThat(Files.readAllLines(err)).hasSize(1).first().asString().startsWith("fedbiot: ");
        assertThat(code).isEqualTo(Main.USER_ERROR);
        assertThat(run).doesNotExist();
        return Files.readString(err);
    }
}
