package org.fedbiot.aggregator.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.common.errors.SerializationException;
import org.fedbiot.aggregator.UpdateScreen;
import org.fedbiot.aggregator.fact.RunOver;
import org.junit.jupiter.api.Test;

class FactSerdeTest {

    @Test
    void shouldReadBackWhatItWroteByItsType() {
        RunOver over = RunOver.newBuilder().setRunId("run").build();

        assertThat(FactSerde.read(FactSerde.write(over))).isEqualTo(over);
        assertThat(FactSerde.read(FactSerde.write(UpdateScreen.start()))).isEqualTo(UpdateScreen.start());
    }

    @Test
    void shouldRefuseARecordOfAnUnknownVersion() {
        byte[] bytes = FactSerde.write(RunOver.newBuilder().setRunId("run").build());
        bytes[4] ^= 1;

        assertThatThrownBy(() -> FactSerde.read(bytes))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("another version");
    }
}
