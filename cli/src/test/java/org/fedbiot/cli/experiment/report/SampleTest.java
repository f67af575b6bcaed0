package org.fedbiot.cli.experiment.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class SampleTest {

    @Test
    void shouldHaveMeanAndSampleDeviation() {
        // given eight numbers whose squares about their mean of 5 sum up to 32
        Sample sample = Sample.of(List.of(2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0)).orElseThrow();

        assertThat(sample.size()).isEqualTo(8);
        assertThat(sample.mean()).isEqualTo(5);
        assertThat(sample.deviation().getAsDouble()).isCloseTo(2.138089935299395, within(1e-15));
        assertThat(sample.interval()).isPresent();
    }

    @Test
    void shouldKeepTheDigitsOfNumbersThatHardlyDiffer() {
        Sample sample = Sample.of(List.of(1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16)).orElseThrow();

        assertThat(sample.deviation().getAsDouble()).isCloseTo(Math.sqrt(30), within(1e-12));
    }

    @Test
    void shouldHaveNeitherDeviationNorIntervalOfOneNumber() {
        Sample sample = Sample.of(List.of(0.5)).orElseThrow();

        assertThat(sample.mean()).isEqualTo(0.5);
        assertThat(sample.deviation()).isEmpty();
        assertThat(sample.interval()).isEmpty();
    }

    @Test
    void shouldBeNothingOfNoNumbers() {
        assertThat(Sample.of(List.of())).isEmpty();
    }
}
