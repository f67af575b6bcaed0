package org.fedbiot.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;

import org.fedbiot.schemas.integrity.LittleEndian;
import org.junit.jupiter.api.Test;

class VectorFileTest {

    @Test
    void shouldGiveEachVectorItsOwnRange() {
        try (VectorFile file = new VectorFile(3)) {
            file.put(2, 0, LittleEndian.bytes(new float[] {7, 8, 9}, 0, 3));
            file.put(0, 1, LittleEndian.bytes(new float[] {1, 2}, 0, 2));

            assertThat(LittleEndian.floats(file.range(2, 1, 3))).containsExactly(8, 9);
            assertThat(LittleEndian.floats(file.range(0, 0, 3))).containsExactly(0, 1, 2);
            assertThat(LittleEndian.floats(file.range(1, 0, 3))).containsExactly(0, 0, 0);
        }
    }

    @Test
    void shouldShowWhatIsSetAfterItWasRead() {
        try (VectorFile file = new VectorFile(2)) {
            assertThat(LittleEndian.floats(file.range(0, 0, 2))).containsExactly(0, 0);
            file.put(0, 0, LittleEndian.bytes(new float[] {3, 4}, 0, 2));

            assertThat(LittleEndian.floats(file.range(0, 0, 2))).containsExactly(3, 4);
        }
    }
}
