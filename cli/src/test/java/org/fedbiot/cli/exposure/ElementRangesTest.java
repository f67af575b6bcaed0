package org.fedbiot.cli.exposure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ElementRangesTest {

    @Test
    void shouldCountEveryElementOnce() {
        // Given a set of single elements to compare with
        Random random = new Random(3);
        for (int trial = 0; trial < 200; trial++) {
            ElementRanges ranges = new ElementRanges();
            BitSet elements = new BitSet();

            // When
            for (int range = 0; range < 12; range++) {
                int start = random.nextInt(60);
                int end = start + random.nextInt(10);
                ranges.add(start, end);
                elements.set(start, end);
            }

            // Then
            assertThat(ranges.elements()).isEqualTo(elements.cardinality());
        }
    }
}
