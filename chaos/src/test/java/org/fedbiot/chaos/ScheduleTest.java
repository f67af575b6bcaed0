package org.fedbiot.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {

    private static final int ROUNDS = 2;

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 5, -3, 1_000_003})
    void shouldStrikeEveryRoleInEverySeedOneAndSeveralAtATime(long seed) {
        List<Strike> strikes = Schedule.of(seed, ROUNDS);

        assertThat(strikes.stream().flatMap(strike -> strike.victims().stream())).contains(Role.values());
        assertThat(strikes).extracting(strike -> strike.victims().size()).contains(1, 2, 3);
        assertThat(strikes).extracting(Strike::moment).doesNotHaveDuplicates();
        assertThat(strikes).allSatisfy(strike -> {
            assertThat(strike.victims()).doesNotHaveDuplicates();
            assertThat(strike.round()).isBetween(strike.moment().isOfARound() ? 1 : 0,
                    strike.moment().isOfARound() ? ROUNDS : 0);
            assertThat(strike.afterMillis()).isBetween(0, strike.moment().latestMillis());
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, -1})
    void shouldStrikeEveryMomentInTwoSeedsInARow(long seed) {
        Set<Moment> struck = EnumSet.noneOf(Moment.class);

        Schedule.of(seed, ROUNDS).forEach(strike -> struck.add(strike.moment()));
        Schedule.of(seed + 1, ROUNDS).forEach(strike -> struck.add(strike.moment()));

        assertThat(struck).containsExactlyInAnyOrder(Moment.values());
    }

    @Test
    void shouldBeAFunctionOfTheSeed() {
        assertThat(Schedule.of(4, ROUNDS)).isEqualTo(Schedule.of(4, ROUNDS)).isNotEqualTo(Schedule.of(5, ROUNDS));
    }
}
