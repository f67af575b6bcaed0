package org.fedbiot.cli.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventFileTest {

    /**
     * Written by the package tensorboard 2.21.0 for Python: RecordWriter with one message Event(wall_time=1.5,
     * file_version="brain.Event:2"), Event(wall_time=1764045417.25, step=3, value tag="train/loss" simple_value=0.5)
     * and Event(wall_time=1764045418.0, step=300, value tag="eval/adap_fu/nll" simple_value=-1.25).
     */
    private static final String TENSORBOARD =
            "1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c"
                    + "200000000000000029eda950090000509a4c49da4110032a130a110a0a747261696e2f6c6f7373150000003faf43cb25"
                    + "2700000000000000bbe1b146090000809a4c49da4110ac022a190a170a106576616c2f616461705f66752f6e6c6c"
                    + "150000a0bff69f7c2a";

    @Test
    void shouldWriteTheBytesThatTensorBoardsOwnWriterWrites() {
        // When
        byte[] file = EventFile.of(1_500, List.of(
                new TrackedPoint("train/loss", 3, 1_764_045_417_250L, 0.5),
                new TrackedPoint("eval/adap_fu/nll", 300, 1_764_045_418_000L, -1.25)));

        // Then
        assertThat(HexFormat.of().formatHex(file)).isEqualTo(TENSORBOARD);
    }
}
