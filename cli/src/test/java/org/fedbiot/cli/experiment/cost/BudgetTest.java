package org.fedbiot.cli.experiment.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.fedbiot.schemas.event.FederationSettings;
import org.fedbiot.schemas.event.RunSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BudgetTest {

    /** Three rounds, three clients, 10 steps. */
    private final PricedRun fedbiot = priced(CostSpecs.fedbiot());
    private final PricedRun noAlignment = priced(CostSpecs.withoutAlignment(CostSpecs.fedbiot()));
    private final PricedRun oneClient = priced(withClients(CostSpecs.fedbiot(), "anna"));

    @Test
    void shouldGiveOneClientTheStepsOfThree() {
        assertThat(Budget.CLIENT_STEPS.apply(fedbiot, oneClient, 1))
                .isEqualTo(new Balance(Map.of("training.steps", "30"), 90, 90));
        assertThat(Budget.CLIENT_STEPS.apply(fedbiot, noAlignment, 1).changes()).isEmpty();
    }

    @Test
    void shouldLeaveARowOfOneRunPerClientAsItIsSinceItsRunsShare() {
        assertThat(Budget.CLIENT_STEPS.apply(fedbiot, oneClient, 3))
                .isEqualTo(new Balance(Map.of(), 90, 90));
    }

    @Test
    void shouldSayWhatWholeStepsLeave() {
        // Given 90 client steps to share out among 2 clients in 4 rounds
        PricedRun row = priced(withClients(CostSpecs.fedbiot(), "anna", "ben")).withRounds(4);

        // When
        Balance balance = Budget.CLIENT_STEPS.apply(fedbiot, row, 1);

        // Then 11 steps give 88, 12 would give 96
        assertThat(balance.changes()).containsExactly(Map.entry("training.steps", "11"));
        assertThat(balance.excess()).isCloseTo(-2 / 90.0, within(1e-12));
    }

    @Test
    void shouldSpendOnClientStepsWhatARowWithoutAlignmentSaves() {
        // Given
        double saved = fedbiot.flops().compress() + fedbiot.flops().realign() - noAlignment.flops().compress();
        double step = noAlignment.flops().train() / noAlignment.clientSteps();

        // When
        Balance balance = Budget.COMPUTE.apply(fedbiot, noAlignment, 1);

        // Then a step more of each of three clients in each of three rounds is nine
        int steps = Integer.parseInt(balance.changes().get("training.steps"));
        assertThat(steps).isEqualTo(10 + Math.round(saved / (9 * step))).isGreaterThan(10);
        assertThat(balance.reached()).isCloseTo(fedbiot.flops().method(), within(9 * step / 2));
        assertThat(balance.reached()).isEqualTo(noAlignment.withSteps(steps).flops().method());
    }

    @Test
    void shouldSpendOnRoundsTheBytesThatAreNotFetched() {
        // Given a row that fetches no emulator versions but the first
        RunBytes bytes = fedbiot.bytes();
        RunBytes without = noAlignment.bytes();
        long round = (without.up() + without.down()) / 3;

        // When
        Balance balance = Budget.BYTES.apply(fedbiot, noAlignment, 1);

        // Then
        assertThat(without.total()).isLessThan(bytes.total());
        assertThat(balance.changes()).containsOnlyKeys("federation.rounds");
        assertThat(Math.abs(balance.reached() - bytes.total())).isLessThan(round);
        assertThat(balance.wanted()).isEqualTo(bytes.total());
    }

    @Test
    void shouldStayAtOneRoundWhereTheFirstDownloadAloneIsTooMuch() {
        // Given the reference is one client, and the row sends a model to three
        PricedRun reference = priced(withClients(CostSpecs.fedbiot(), "anna")).withRounds(1);

        // When
        Balance balance = Budget.BYTES.apply(reference, fedbiot, 1);

        // Then
        assertThat(balance.changes()).containsExactly(Map.entry("federation.rounds", "1"));
        assertThat(balance.excess()).isGreaterThan(1);
    }

    @ParameterizedTest
    @EnumSource
    void shouldLeaveTheReferenceAsItIs(Budget budget) {
        Balance balance = budget.apply(fedbiot, fedbiot, 1);

        assertThat(balance.changes()).isEmpty();
        assertThat(balance.excess()).isZero();
        assertThat(Budget.of(budget.label())).contains(budget);
    }

    @Test
    void shouldCountTheBytesOfARunByHand() {
        // Given the shapes of CostSpecs: a layer has 1 x 8 x (12 + 6 + 6 + 12) + 3 x 8 x 14 weights in linears
        long layer = 8 * (12 + 6 + 6 + 12) + 3 * 8 * 14 + 2 * 8;
        long base = 4 * (5 * layer + 20 * 8 + 8);
        // Factors of rank 3: q 8 to 12, v 8 to 6, down 14 to 8
        long factors = 4 * 3 * (8 + 12 + 8 + 6 + 14 + 8);

        // When
        RunBytes bytes = fedbiot.bytes();

        // Then: 2 adapter layers each round, 3 emulator layers in rounds 1, 2 and 3
        assertThat(bytes.once()).isEqualTo(3 * base);
        assertThat(bytes.up()).isEqualTo(9 * 2 * factors);
        assertThat(bytes.down()).isEqualTo(9 * (2 + 3) * factors);
        assertThat(noAlignment.bytes().down()).isEqualTo(9 * 2 * factors + 3 * 3 * factors);
        assertThat(bytes.total()).isEqualTo(bytes.once() + bytes.up() + bytes.down());
    }

    private static PricedRun priced(RunSpec spec) {
        return new PricedRun(spec, CostSpecs.CONFIG, CostSpecs.TEXTS);
    }

    private static RunSpec withClients(RunSpec spec, String... clients) {
        return CostSpecs.with(spec, FederationSettings.newBuilder(spec.getFederation()).setClients(List.of(clients))
                .setQuorum(1));
    }
}
