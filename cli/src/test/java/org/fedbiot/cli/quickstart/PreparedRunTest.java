package org.fedbiot.cli.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.fedbiot.cli.UserError;
import org.fedbiot.learning.BadInputException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every bad input is found before the run's directory is made. */
class PreparedRunTest {

    @TempDir
    Path temp;

    private final RunOptions options = new RunOptions();

    @BeforeEach
    void chooseTheShippedModel() {
        System.setProperty("fedbiot.home", "..");
        options.model = ModelChoice.SHIPPED;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "split.dropRate | 0.9 | leave 1 emulator layers",
        "split.backAdapterLayers | 11 | leave 1 emulator layers",
        "split.backAdapterLayers | 0 | split.backAdapterLayers",
        "federation.clients | [] | federation.clients: names no client",
        "federation.stragglers | 1 | federation.stragglers: unknown key",
        "text.maxTokens | 513 | text.maxTokens: 513 is more than the 512 tokens that are this model's context",
    })
    void shouldNameTheSettingThatDoesNotFit(String key, String value, String message) {
        options.set = Map.of(key, value);

        assertRefused(message);
    }

    @Test
    void shouldRefuseAPortThatIsNone() {
        options.port = 99_999;

        assertRefused("--port 99999");
    }

    @Test
    void shouldRefuseFewerRecordsThanClients() throws IOException {
        Path two = Files.writeString(temp.resolve("two.jsonl"), """
                {"prompt": "a", "reply": "b"}
                {"prompt": "c", "reply": "d"}
                """);
        options.clientsData = two;
        options.evaluationData = two;
        options.publicData = two;

        assertRefused("two.jsonl: a data set of 2 records is smaller than its 3 clients");
    }

    @Test
    void shouldRefuseGeneratedPublicTextBesideAFile() throws IOException {
        Path some = Files.writeString(temp.resolve("some.jsonl"), "{\"prompt\": \"a\", \"reply\": \"b\"}\n");
        options.clientsData = some;
        options.evaluationData = some;
        options.publicData = some;
        options.set = Map.of("data.publicText", "lists");

        assertRefused("data.publicText: lists is text that this project makes, but --public-data names a file");
    }

    @Test
    void shouldNameFileAndLineOfMalformedText() throws IOException {
        Path broken = Files.writeString(temp.resolve("broken.jsonl"), "{\"prompt\": \n");
        options.clientsData = broken;
        options.evaluationData = broken;
        options.publicData = broken;

        assertRefused("broken.jsonl: no record can be used, 1 skipped; line 1");
    }

    @Test
    void shouldRefuseADirectoryThatHoldsARun() throws IOException {
        Files.createDirectories(temp.resolve("run").resolve("kafka"));

        assertThatThrownBy(() -> PreparedRun.of(options, temp.resolve("run"), "test"))
                .isInstanceOf(UserError.class).hasMessageContaining("holds a run already");
    }

    @ParameterizedTest
    @CsvSource({"avx512_bf16, (BFLOAT16: CPU has avx512_bf16)", "'', (BFLOAT16)"})
    void shouldSayInWhichTypeItComputesAndWhy(String by, String words) {
        options.set = Map.of("split.baseType", "BFLOAT16");
        PreparedRun run = PreparedRun.of(options, temp.resolve("run"), "test");

        assertThat(new PreparedRun(run.spec(), run.directory(), run.text(), by).summary()).contains(words);
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> PreparedRun.of(options, temp.resolve("run"), "test"))
                .isInstanceOfAny(UserError.class, BadInputException.class)
                .hasMessageContaining(message);
        assertThat(temp.resolve("run")).doesNotExist();
    }
}
