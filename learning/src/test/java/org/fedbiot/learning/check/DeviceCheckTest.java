package org.fedbiot.learning.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.check.DeviceFigures.Close;
import org.fedbiot.learning.check.DeviceFigures.Exact;
import org.fedbiot.learning.torch.ComputeDevice;
import org.fedbiot.learning.torch.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceCheckTest {

    private static final ComputeDevice CUDA = ComputeDevice.of("cuda");

    private static DeviceFigures cpu;

    @BeforeAll
    static void compute() {
        Torch.useThreads(1);
        cpu = DeviceWork.on(ComputeDevice.CPU);
    }

    @Test
    void shouldFindNoDifferenceBetweenTheCpuAndItself() {
        // When
        DeviceReport report = new DeviceCheck().run(ComputeDevice.CPU);

        // Then
        assertThat(report.passes()).isTrue();
        assertThat(report.rows()).hasSize(Exact.values().length + Close.values().length)
                .allSatisfy(row -> assertThat(row.difference()).as(row.figure()).isZero());
    }

    /** A check of zeros would pass on any device. */
    @Test
    void shouldLookAtFiguresThatAreNotTrivial() {
        assertThat(cpu.exact().keySet()).containsExactlyInAnyOrder(Exact.values());
        assertThat(cpu.close().keySet()).containsExactlyInAnyOrder(Close.values());
        cpu.close().forEach((figure, values) -> {
            long set = IntStream.range(0, values.length).filter(i -> values[i] != 0).count();
            assertThat((double) set / values.length).as(figure.name()).isGreaterThan(0.9);
        });
        assertThat(relative(cpu.close().get(Close.FLOAT32_LOGITS), cpu.close().get(Close.BFLOAT16_LOGITS)))
                .isBetween(1e-4, 5e-2);
    }

    @ParameterizedTest
    @EnumSource(Close.class)
    void shouldRefuseADeviceWhoseNumbersAreOffByMoreThanTheTolerance(Close figure) {
        // Given a device that gets one number wrong
        double wrong = 3 * figure.tolerance() * largest(cpu.close().get(figure));
        DeviceCheck check = new DeviceCheck(device(figure, values -> {
            values[5] += (float) wrong;
            return values;
        }));

        // When, then
        assertThat(check.run(CUDA).rows().stream().filter(row -> !row.passes())).extracting(DeviceReport.Row::figure)
                .containsExactly(figure.text());
        assertThatThrownBy(() -> check.require(CUDA)).isInstanceOf(BadInputException.class)
                .hasMessageContainingAll("cuda:0", figure.text(), Double.toString(figure.tolerance()));
    }

    @ParameterizedTest
    @EnumSource(Close.class)
    void shouldAcceptRounding(Close figure) {
        double rounding = 0.3 * figure.tolerance() * largest(cpu.close().get(figure));

        assertThatCode(() -> new DeviceCheck(device(figure, values -> {
            values[5] += (float) rounding;
            return values;
        })).require(CUDA)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void shouldRefuseWhatIsNoNumber(float value) {
        DeviceCheck check = new DeviceCheck(device(Close.FLOAT32_LOGITS, values -> {
            values[0] = value;
            return values;
        }));

        assertThat(check.run(CUDA).passes()).isFalse();
        assertThat(String.join("\n", check.run(CUDA).lines())).contains("FAILS");
    }

    @ParameterizedTest
    @EnumSource(Exact.class)
    void shouldRefuseOneOtherByteWhereAllMustBeEqual(Exact figure) {
        // Given
        Function<ComputeDevice, DeviceFigures> work = device -> {
            Map<Exact, byte[]> exact = new EnumMap<>(cpu.exact());
            byte[] bytes = exact.get(figure).clone();
            bytes[0] ^= (byte) (device.isCpu() ? 0 : 1);
            exact.put(figure, bytes);
            return new DeviceFigures(exact, cpu.close());
        };

        assertThatThrownBy(() -> new DeviceCheck(work).require(CUDA)).hasMessageContaining(figure.text());
    }

    private static Function<ComputeDevice, DeviceFigures> device(Close figure, UnaryOperator<float[]> wrong) {
        return device -> {
            if (device.isCpu()) {
                return cpu;
            }
            Map<Close, float[]> close = new EnumMap<>(cpu.close());
            close.put(figure, wrong.apply(close.get(figure).clone()));
            return new DeviceFigures(cpu.exact(), close);
        };
    }

    private static double relative(float[] expected, float[] found) {
        return IntStream.range(0, expected.length).mapToDouble(i -> Math.abs(expected[i] - found[i])).max()
                .orElseThrow() / largest(expected);
    }

    private static double largest(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> Math.abs(values[i])).max().orElseThrow();
    }
}
