package org.fedbiot.learning.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.fedbiot.learning.BadInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ComputeDeviceTest {

    @ParameterizedTest
    @CsvSource({"cpu, cpu, true", "cuda, cuda:0, false", "cuda:0, cuda:0, false", "cuda:3, cuda:3, false"})
    void shouldReadADeviceAsPeopleWriteIt(String text, String name, boolean cpu) {
        ComputeDevice device = ComputeDevice.of(text);

        assertThat(device).hasToString(name);
        assertThat(device.isCpu()).isEqualTo(cpu);
        assertThat(device.engineDevice().isGpu()).isNotEqualTo(cpu);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "CPU", "cuda:", "cuda:-1", "cuda:01", "cuda:100", "cpu:0"})
    void shouldRefuseAnyOtherText(String text) {
        assertThatThrownBy(() -> ComputeDevice.of(text)).isInstanceOf(BadInputException.class)
                .hasMessageContainingAll("\"" + text + "\"", "cpu, cuda or cuda:<n>");
    }

    @Test
    void shouldFindTheCpu() {
        assertThatCode(() -> Torch.require(ComputeDevice.CPU)).doesNotThrowAnyException();
    }

    /** No machine has a hundredth GPU. */
    @Test
    void shouldRefuseADeviceThatIsNotThereAndSayWhatWasFoundAndWhatToDo() {
        assertThatThrownBy(() -> Torch.require(ComputeDevice.of("cuda:99"))).isInstanceOf(BadInputException.class)
                .hasMessageContainingAll("device cuda:99 is not there", "libtorch 2.7.1", "infra/gpu-setup");
    }

    @Test
    void shouldReadValuesOfAnyTypeByWayOfAScript() {
        try (NDManager manager = Torch.newManager(); NDArray values = manager.create(new float[] {1, -2.5f, 1 / 3f});
                NDArray narrow = Primitives.shared().toBfloat16(values);
                NDArray host = Primitives.shared().toHost(narrow)) {
            assertThat(HostValues.bytes(host)).isEqualTo(HostValues.bytes(narrow));
            assertThat(HostValues.bytes(host).remaining()).isEqualTo(3 * Short.BYTES);
            assertThat(HostValues.floats(Primitives.shared().toHost(values))).containsExactly(1, -2.5f, 1 / 3f);
        }
    }
}
