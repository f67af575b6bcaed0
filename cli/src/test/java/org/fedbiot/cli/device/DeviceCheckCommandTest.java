package org.fedbiot.cli.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.fedbiot.learning.BadInputException;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class DeviceCheckCommandTest {

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Test
    void shouldPrintEachFigureWithItsTolerance() {
        // When
        int code = check("cpu");

        // Then
        assertThat(code).isZero();
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("libtorch 2.7.1", "cpu against cpu",
                "logits in bf16", "LoRA gradients in fp32", "1e-04").doesNotContain("FAILS");
    }

    @Test
    void shouldRefuseADeviceThatIsNotThere() {
        assertThatThrownBy(() -> check("cuda:99")).isInstanceOf(BadInputException.class)
                .hasMessageContaining("cuda:99");
    }

    private int check(String device) {
        PrintStream out = System.out;
        try {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            return CommandLine.populateCommand(new DeviceCheckCommand(), device).call();
        } finally {
            System.setOut(out);
        }
    }
}
