package org.fedbiot.learning.method;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.fedbiot.learning.model.BaseType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Design section 3, "Determinism": the same bytes from two fresh virtual machines. */
class RepeatabilityTest {

    @ParameterizedTest
    @EnumSource(BaseType.class)
    void shouldGiveTheSameBytesInTwoFreshVirtualMachines(BaseType type) throws IOException, InterruptedException {
        String first = output(fresh(type));
        String second = output(fresh(type));

        assertThat(first).matches("[0-9a-f]{64} [0-9a-f]{64}");
        assertThat(second).isEqualTo(first);
    }

    private static Process fresh(BaseType type) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ProcessBuilder builder = new ProcessBuilder(List.of(java, "-Xmx96m", "-Dai.djl.offline=true",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=off", "-cp", System.getProperty("java.class.path"),
                RepeatableWork.class.getName(), type.name()))
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        // Threads that spin while they wait take minutes on a machine that has other work.
        builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
        return builder.start();
    }

    private static String output(Process process) throws IOException, InterruptedException {
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        return text;
    }
}
