package org.fedbiot.observer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.fedbiot.observer.Finding.Kind;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.event.TaskKind;
import org.junit.jupiter.api.Test;

class AttentionTest {

    private final Script script = new Script("anna", "ben", "cleo").workerStarted().joined("anna").joined("ben")
            .joined("cleo").submitted().accepted();

    @Test
    void shouldFindNothingWhereAllGoesWell() {
        script.compressed().opened(1, 1, "anna", "ben", "cleo").progressed(1, "anna", 1).accepted(1, "ben", 1, 1);

        assertThat(findings()).isEmpty();
    }

    @Test
    void shouldFindAClientThatIsSilentMuchLongerThanItEverWas() {
        script.compressed().opened(1, 1, "anna", "ben", "cleo")
                .progressed(1, "cleo", 1).pass(9_000).progressed(1, "cleo", 4);
        long lastSign = script.now();
        script.pass(49_000);
        assertThat(kinds()).as("under five gaps of ten seconds").isEmpty();

        script.pass(2_000);
        assertThat(findings()).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(Kind.STUCK_CLIENT);
            assertThat(finding.subject()).isEqualTo("cleo");
            assertThat(finding.text()).isEqualTo("cleo is silent in round 1, last at step 4 of 10");
            assertThat(finding.sinceMillis()).isEqualTo(lastSign);
        });
    }

    @Test
    void shouldFindAClientThatWasNeverHeardOfByWhatTheOthersTook() {
        script.compressed().opened(1, 1, "anna", "cleo").pass(29_000).accepted(1, "anna", 1, 1);
        script.pass(20_000);
        assertThat(kinds()).as("anna took half a minute, cleo has had less than twice that").isEmpty();

        script.pass(20_000);
        assertThat(kinds()).contains(Kind.STUCK_CLIENT);
    }

    @Test
    void shouldWarnWhenStuckClientsPutTheQuorumAtRisk() {
        script.compressed().opened(1, 1, "anna", "cleo").accepted(1, "anna", 1, 1).progressed(1, "cleo", 1)
                .pass(60_000);

        assertThat(findings()).extracting(Finding::kind)
                .containsExactly(Kind.STUCK_CLIENT, Kind.QUORUM_AT_RISK);
    }

    @Test
    void shouldSayAtOnceThatAnUpdateWasRejectedAndWhy() {
        script.compressed().opened(1, 1, "anna", "ben", "cleo")
                .rejected(1, "cleo", RejectReason.NORM_EXCEEDED, "norm 812.5 is over 5.0");

        assertThat(findings()).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(Kind.REJECTED_UPDATE);
            assertThat(finding.text())
                    .isEqualTo("update of cleo rejected in round 1: NORM_EXCEEDED: norm 812.5 is over 5.0");
        });
    }

    @Test
    void shouldFindATaskThatNobodyTakes() {
        assertThat(findings()).isEmpty();

        script.pass(16_000);
        assertThat(kinds()).containsExactly(Kind.UNTAKEN_TASK);

        script.works(TaskKind.COMPRESS, "compress", "align", 1, 3).pass(16_000);
        assertThat(kinds()).isEmpty();

        script.pass(60_000);
        assertThat(kinds()).containsExactly(Kind.STUCK_TASK);
    }

    @Test
    void shouldFindTooFewClientsForARound() {
        script.compressed().left("ben").left("cleo").pass(16_000);

        assertThat(findings()).singleElement()
                .satisfies(finding -> assertThat(finding.text()).startsWith("1 of the run's clients are there"));
    }

    @Test
    void shouldFindARoundWhoseDeadlineNobodyTookForPassed() {
        script.compressed().opened(1, 1, "anna", "ben").pass(Script.DEADLINE_MILLIS + 20_000);

        assertThat(kinds()).contains(Kind.OVERDUE_ROUND);
    }

    @Test
    void shouldLeaveRunsThatAreOverOutOfTheWhole() {
        script.ended(RunOutcome.FAILED, "quorum missed");

        assertThat(findings()).isEmpty();
        assertThat(Attention.of(script.run(), script.picture(), script.now())).extracting(Finding::text)
                .containsExactly("the run failed: quorum missed");
    }

    private List<Finding> findings() {
        return Attention.of(script.picture(), script.now());
    }

    private List<Kind> kinds() {
        return findings().stream().map(Finding::kind).toList();
    }
}
