package org.fedbiot.cli.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.fedbiot.cli.tracking.TrackedRun.START;

import java.util.List;
import org.fedbiot.schemas.event.RunOutcome;
import org.junit.jupiter.api.Test;

class RunPointsTest {

    @Test
    void shouldGiveWhatARoundCameToAtItsClose() {
        // When
        List<TrackedPoint> points = RunPoints.of(TrackedRun.after(2));

        // Then
        long close = START + 140_000;
        assertThat(points).contains(
                new TrackedPoint("train/loss", 2, close, 0.25),
                new TrackedPoint("round/seconds", 2, close, 20),
                new TrackedPoint("round/called", 2, close, 2),
                new TrackedPoint("round/counted", 2, close, 1),
                new TrackedPoint("client/anna/loss", 2, close, 0.25),
                new TrackedPoint("traffic/up_bytes", 2, close + 500, 100),
                new TrackedPoint("alignment/loss_before", 0, START + 1_000, 3),
                new TrackedPoint("alignment/kl_after", 0, START + 1_000, 0.25),
                new TrackedPoint("eval/adap_fu/nll", 0, START + 2_000, 1.5));
        assertThat(points).extracting(TrackedPoint::atMillis).isSorted();
    }

    @Test
    void shouldSayWhatARoundCostOnlyWhenItsClientsHaveSaidIt() {
        // Then
        assertThat(RunPoints.of(TrackedRun.beforeTheReport(2))).extracting(TrackedPoint::id)
                .contains(new TrackedPoint.Id("traffic/up_bytes", 1))
                .doesNotContain(new TrackedPoint.Id("traffic/up_bytes", 2));
    }

    @Test
    void shouldNeverTakeBackWhatItGave() {
        // Given
        List<TrackedPoint> early = RunPoints.of(TrackedRun.beforeTheReport(2));

        // Then
        assertThat(RunPoints.of(TrackedRun.after(2))).startsWith(early.toArray(TrackedPoint[]::new));
        assertThat(RunPoints.of(TrackedRun.ended(3, RunOutcome.COMPLETED)))
                .startsWith(early.toArray(TrackedPoint[]::new));
    }
}
