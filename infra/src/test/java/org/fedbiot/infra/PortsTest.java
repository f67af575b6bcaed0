package org.fedbiot.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class PortsTest {

    @Test
    void shouldGiveOneOwnerNoPortTwice() {
        // given: so many that a machine which hands a freed port out again would give one twice
        int wanted = 500;

        // when
        List<Integer> ports = Ports.free("nobody", Collections.nCopies(wanted, 0));

        // then
        assertThat(ports).hasSize(wanted).doesNotHaveDuplicates();
    }

    @Test
    void shouldNameThePortThatIsInUse() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> Ports.free("Kafka", List.of(0, taken.getLocalPort(), 0)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Kafka cannot listen on port " + taken.getLocalPort());
        }
    }
}
