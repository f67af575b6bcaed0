package org.fedbiot.cli.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.fedbiot.cli.Fedbiot;
import org.fedbiot.learning.data.Example;
import org.fedbiot.learning.data.JsonlExamples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RandomCommandTest {

    private static final String MODEL = Path.of("..", "models", "fedbiot-small").toString();

    @TempDir
    Path temp;

    @Test
    void shouldDrawARecordForEachOfAFileAboutAsLong() throws IOException {
        Path like = Files.writeString(temp.resolve("like.jsonl"),
                "{\"instruction\": \"list : pens cups hats . reverse ?\", \"input\": \"short reply :\", \"output\": "
                        + "\"hats cups pens\"}\n" + "{\"prompt\": \"ann\", \"reply\": \"bob\"}\n".repeat(50));

        List<Example> drawn = random(like, 0);

        assertThat(drawn).hasSize(51);
        // Words with a role leave no trace in the text: a few may be missing.
        assertThat(drawn.get(0).prompt().split(" ")).hasSizeBetween(9, 11);
        assertThat(drawn.get(0).reply().split(" ")).hasSizeBetween(1, 3);
        assertThat(drawn.subList(1, 51)).extracting(Example::prompt).doesNotContain("ann")
                .allMatch(prompt -> !prompt.contains(" "));
        assertThat(drawn.stream().map(Example::reply).distinct()).hasSizeGreaterThan(30);
        assertThat(random(like, 0)).isEqualTo(drawn);
        assertThat(random(like, 1)).isNotEqualTo(drawn);
    }

    private List<Example> random(Path like, long seed) {
        Path out = temp.resolve("random.jsonl");
        Fedbiot.Printed printed = Fedbiot.run("data", "random", "--model", MODEL, "--like", like.toString(),
                "--seed", Long.toString(seed), "--format", "json", out.toString());
        assertThat(printed.code()).as(printed.err()).isZero();
        assertThat(printed.json().get("records").asInt()).isEqualTo(51);
        return JsonlExamples.read(out).examples();
    }
}
