package org.fedbiot.cli.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.output.Terminal;
import org.fedbiot.observer.AttemptPicture;
import org.fedbiot.observer.ClientPicture;
import org.fedbiot.observer.ClientRoundPicture;
import org.fedbiot.observer.DeadLetterPicture;
import org.fedbiot.observer.Picture;
import org.fedbiot.observer.RoundPicture;
import org.fedbiot.observer.RunPhase;
import org.fedbiot.observer.RunPicture;
import org.fedbiot.observer.Traffic;
import org.fedbiot.observer.Verdict;
import org.fedbiot.observer.WorkerPicture;
import org.fedbiot.schemas.event.CloseReason;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.RunOutcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A round with a planted stuck client and a planted poisoned update, and what a person is told of it. */
class RunStatusTest {

    private static final long OPENED = 1_767_323_000_000L;
    private static final long NOW = OPENED + 300_000;
    private static final long DEADLINE = OPENED + 360_000;

    private final ClientRoundPicture stuck = client("anna", Verdict.TRAINING, "", OPENED + 10_000,
            new ClientRoundPicture.Progress(3, 40, 1.5, 0, 0), List.of());
    private final ClientRoundPicture poisoned = client("ben", Verdict.REJECTED, "NORM_EXCEEDED: 900 is above 10",
            OPENED + 60_000, new ClientRoundPicture.Progress(40, 40, 0.5, 4, 4), List.of(
                    new ClientRoundPicture.Refusal(OPENED + 60_500, RejectReason.BAD_SIGNATURE, "not by ben-1", 2),
                    new ClientRoundPicture.Refusal(OPENED + 61_000, RejectReason.NORM_EXCEEDED, "900 is above 10", 1)));
    private final ClientRoundPicture good = client("cleo", Verdict.ACCEPTED, "", OPENED + 50_000,
            new ClientRoundPicture.Progress(40, 40, 1.25, 4, 4), List.of());
    private final Picture picture = picture(RunPhase.ROUND_OPEN, RunOutcome.UNKNOWN, stuck, poisoned, good);

    @Test
    void shouldNameTheStuckClientSinceWhenAndUntilWhen() {
        RunStatus status = RunStatus.of(picture, "run-1", NOW);

        assertThat(status.until()).isEqualTo("2026-01-02T03:09:20Z");
        assertThat(status.round().clients()).filteredOn(RoundStatus.Client::stuck).singleElement()
                .satisfies(client -> {
                    assertThat(client.client()).isEqualTo("anna");
                    assertThat(client.silentSeconds()).isEqualTo(290);
                    assertThat(client.step()).isEqualTo(3);
                });
        assertThat(status.findings()).anySatisfy(finding -> {
            assertThat(finding.kind()).isEqualTo("STUCK_CLIENT");
            assertThat(finding.subject()).isEqualTo("anna");
            assertThat(finding.next()).contains("log of anna");
        });
        assertThat(StatusTable.lines(status, NOW))
                .anyMatch(line -> line.contains("anna") && line.contains("silent for 4 min 50 s")
                        && line.endsWith("STUCK"))
                .anyMatch(line -> line.contains("deadline 2026-01-02T03:09:20Z (in 1 min 0 s)"));
    }

    @Test
    void shouldNameTheRejectedUpdateItsRoundAndReasons() {
        RunStatus status = RunStatus.of(picture, "run-1", NOW);

        assertThat(status.rejected()).containsExactly(
                new RunStatus.Rejected(2, "ben", "BAD_SIGNATURE", "not by ben-1", 2),
                new RunStatus.Rejected(2, "ben", "NORM_EXCEEDED", "900 is above 10", 1));
        assertThat(StatusTable.lines(status, NOW))
                .contains("  rejected: ben, round 2, BAD_SIGNATURE: not by ben-1 (2 times)",
                        "  rejected: ben, round 2, NORM_EXCEEDED: 900 is above 10")
                .anyMatch(line -> line.startsWith("PROBLEM: update of ben rejected in round 2"));
    }

    @Test
    void shouldSayThatTheQuorumIsAtRiskAndOfWhichRecordsNothingWasMade() {
        RunStatus status = RunStatus.of(picture, "run-1", NOW);

        assertThat(status.round().accepted()).isEqualTo(1);
        assertThat(status.round().quorumMargin()).isZero();
        assertThat(status.findings()).extracting(RunStatus.ToLookAt::kind)
                .contains("QUORUM_AT_RISK").endsWith("DEAD_LETTERS");
        assertThat(status.findings()).extracting(RunStatus.ToLookAt::severity).isSorted();
        assertThat(status.findings()).last().satisfies(letter ->
                assertThat(letter.text()).contains("1 record of this run").contains("partition 2, offset 17"));
        assertThat(status.next()).contains("log of anna");
    }

    @Test
    void shouldShowWhoIsStuckAmongTheWorkers() {
        List<WorkerListing> workers = WorkerListing.of(picture);

        assertThat(workers).extracting(worker -> worker.id() + " " + worker.state() + " " + worker.work())
                .containsExactly("server-1 idle ", "anna working round 2", "ben idle ");
        assertThat(WorkerListing.table(workers, NOW)).anyMatch(line -> line.startsWith("anna")
                && line.contains("4 min 50 s ago") && line.contains("run-1 round 2, step 3 of 40"));
    }

    @Test
    void shouldListTheRunWithHowMuchThereIsToLookAt() {
        List<RunListing> runs = RunListing.of(picture, NOW);

        assertThat(runs).singleElement().satisfies(run -> {
            assertThat(run.phase()).isEqualTo("ROUND_OPEN");
            assertThat(run.findings()).isEqualTo(3);
        });
        assertThat(RunListing.table(runs)).last().asString().contains("to look at: 3");
    }

    @Test
    void shouldSayWhichRunsThereAre() {
        assertThatThrownBy(() -> RunStatus.of(picture, "run-2", NOW)).isInstanceOf(UserError.class)
                .hasMessage("run run-2: not in this cluster; it has [run-1]");
    }

    @Test
    void shouldSayEachThingOnceInPlainLines() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        WatchView view = new WatchView(new PrintStream(out, true, StandardCharsets.UTF_8), new Terminal(false, false));

        view.show(picture, "run-1", NOW);
        view.show(picture, "run-1", NOW + 1_000);
        view.end();

        String printed = out.toString(StandardCharsets.UTF_8);
        assertThat(printed).doesNotContain("\u001b");
        assertThat(printed.lines().filter(line -> line.contains("update of ben rejected, NORM_EXCEEDED"))).hasSize(1);
        assertThat(printed.lines().filter(line -> line.contains("Round 2 of"))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldDrawOverItsBarsOnATerminal(boolean colours) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        WatchView view = new WatchView(new PrintStream(out, true, StandardCharsets.UTF_8), new Terminal(true, colours));

        view.show(picture, "run-1", NOW);
        view.show(picture, "run-1", NOW + 1_000);

        // One line for the run and one for each of three clients.
        String printed = out.toString(StandardCharsets.UTF_8);
        assertThat(printed).contains("\u001b[4A\u001b[J").contains("[########################] cleo");
        assertThat(printed.contains("\u001b[31m")).isEqualTo(colours);
    }

    @Test
    void shouldFillABarByItsShare() {
        assertThat(ProgressBars.bar(1, 4)).isEqualTo("[######------------------]");
        assertThat(ProgressBars.bar(0, 0)).isEqualTo("[------------------------]");
    }

    @Test
    void shouldDocumentEveryNameOfItsJson() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "cli.md"));

        for (Class<?> type : List.of(RunStatus.class, RunListing.class, WorkerListing.class)) {
            assertDocumented(page, type);
        }
    }

    private static void assertDocumented(String page, Class<?> type) {
        for (RecordComponent component : type.getRecordComponents()) {
            assertThat(page).as(type.getSimpleName()).contains("`" + component.getName() + "`");
            Type nested = component.getGenericType() instanceof ParameterizedType list
                    ? list.getActualTypeArguments()[0] : component.getType();
            if (nested instanceof Class<?> record && record.isRecord()) {
                assertDocumented(page, record);
            }
        }
    }

    private static ClientRoundPicture client(String id, Verdict verdict, String reason, long lastSign,
            ClientRoundPicture.Progress progress, List<ClientRoundPicture.Refusal> refusals) {
        return new ClientRoundPicture(id, true, verdict, reason, OPENED, progress, lastSign, 2_000, Optional.empty(),
                refusals, Optional.empty());
    }

    private static Picture picture(RunPhase phase, RunOutcome outcome, ClientRoundPicture... clients) {
        RoundPicture round = new RoundPicture(2, 1, 1, 2, List.of(new AttemptPicture(1, OPENED,
                List.of("anna", "ben", "cleo"), DEADLINE, List.of(), 0)), List.of(clients), 0, CloseReason.UNKNOWN, -1,
                "", 0, OptionalDouble.empty(), Traffic.NONE, false);
        RunPicture run = new RunPicture("run-1", phase, OPENED, Optional.empty(), OPENED - 1_000, OPENED - 1_000, 0,
                outcome, "", 1, "ab".repeat(32), Optional.empty(), new RunPicture.Exposure(List.of(0, 1), 0.5),
                Optional.empty(), List.of(round), List.of(), List.of(), List.of(), Optional.empty(), Traffic.NONE, "");
        return new Picture(List.of(run), List.of(
                new ClientPicture("anna", true, OPENED, "cpu", 10, 0, 0, "", OPENED + 10_000, "run-1", 2),
                new ClientPicture("ben", true, OPENED, "cpu", 10, 0, 0, "", OPENED + 61_000, "run-1", 2)),
                List.of(new WorkerPicture("server-1", "server-worker", "0.1.0", "cpu", 1, 1, OPENED, OPENED,
                        Optional.empty())),
                List.of(new DeadLetterPicture(OPENED + 62_000, "aggregator", "no schema", "fedbiot.update.shard.v1", 2,
                        17, "run-1/2/ben/0", 12)), 1, OPENED + 62_000);
    }
}
