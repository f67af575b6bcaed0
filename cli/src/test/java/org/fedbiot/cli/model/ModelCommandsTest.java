package org.fedbiot.cli.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.fedbiot.cli.ExitCode;
import org.fedbiot.cli.Fedbiot;
import org.fedbiot.learning.pretrain.TrialModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCommandsTest {

    @Test
    void shouldListTheModelsThatCanBeHad() {
        Fedbiot.Printed printed = Fedbiot.run("model", "list", "--format", "json");

        assertThat(printed.code()).as(printed.err()).isZero();
        assertThat(printed.json()).extracting(model -> model.get("name").asText())
                .contains("fedbiot-small", "smollm2-135m-instruct");
        assertThat(Fedbiot.run("model", "list").out()).contains("fedbiot-small");
    }

    @Test
    void shouldSayWhatAModelOnDiskIs(@TempDir Path directory) throws Exception {
        // Given
        TrialModel.write(directory.resolve("model"), 11);

        // When
        Fedbiot.Printed printed = Fedbiot.run("model", "inspect", directory.resolve("model").toString(), "--format",
                "json");

        // Then
        JsonNode model = printed.json();
        assertThat(printed.code()).as(printed.err()).isZero();
        assertThat(model.get("sha256").asText()).matches("[0-9a-f]{64}");
        assertThat(model.findValue("layers").asInt()).isPositive();
    }

    @Test
    void shouldSayWhyAModelCannotBeUsed(@TempDir Path directory) {
        Fedbiot.Printed printed = Fedbiot.run("model", "inspect", directory.resolve("nothing").toString());

        assertThat(printed.code()).isEqualTo(ExitCode.USER_ERROR.code());
        assertThat(printed.err()).contains(directory.resolve("nothing").toString());
    }

    @Test
    void shouldHoldADeviceAgainstTheCpu() {
        Fedbiot.Printed printed = Fedbiot.run("device", "check", "--format", "json");

        assertThat(printed.code()).as(printed.err()).isZero();
        assertThat(printed.json().toString()).contains("cpu");
    }
}
