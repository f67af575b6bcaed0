package org.fedbiot.cli.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.fedbiot.cli.Fedbiot;
import org.fedbiot.cli.quickstart.PlantedRun;
import org.fedbiot.cli.report.RunRecord;
import org.fedbiot.cli.simulation.Simulation;
import org.fedbiot.schemas.event.ClientReported;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.EvaluatedModel;
import org.fedbiot.schemas.event.EvaluationResult;
import org.fedbiot.schemas.event.ModelScore;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The page in headless Chromium, with a real run behind it that has a stuck client and a poisoned one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(240)
class DashboardIT {

    private static final int ROUNDS = 2;

    @TempDir
    static Path directory;

    private Browser browser;
    private Dashboard dashboard;
    private Simulation.Result result;
    private String seenWhileOpen;
    private List<List<String>> roundWhileOpen;
    private String statusWhileOpen;
    private JsonNode statusJsonWhileOpen;

    @BeforeAll
    void watchARun() {
        Optional<String> missing = Browser.missing();
        assumeTrue(missing.isEmpty(), () -> "the live page is not tested in a browser: " + missing.orElseThrow());
        System.setProperty("fedbiot.home", "..");
        browser = Browser.start();
        PlantedRun run = new PlantedRun(directory.resolve("run"), Map.of());
        CompletableFuture<String> page = new CompletableFuture<>();
        CompletableFuture<Simulation.Result> end = CompletableFuture.supplyAsync(() -> run.start(cluster -> {
            dashboard = Dashboard.local(cluster.kafka(), 0);
            cluster.accompany(dashboard::freeze);
            page.complete(dashboard.url());
        }));
        end.exceptionally(cause -> {
            page.completeExceptionally(cause);
            return null;
        });
        browser.screen(1280, 800, false).open(page.join() + "#run=" + run.runId());
        browser.await("document.querySelector('#round-table .stuck') && document.querySelector('#round-table .bad')"
                + " && document.querySelectorAll('#attention li').length >= 2");
        seenWhileOpen = browser.text("attention");
        roundWhileOpen = browser.table("round-table");
        statusWhileOpen = askStatus(run, "text", end).out();
        statusJsonWhileOpen = askStatus(run, "json", end).json();
        result = end.join();
        browser.await("document.getElementById('headline').textContent.startsWith('Completed')");
        browser.await("document.querySelectorAll('#scores-table tbody th').length === 4");
    }

    /** As a person in another terminal, until a client is said to be stuck. */
    private static Fedbiot.Printed askStatus(PlantedRun run, String format, Future<?> end) {
        Fedbiot.Printed status;
        do {
            assertThat(end.isDone()).as("nobody is stuck any more").isFalse();
            status = Fedbiot.run("run", "status", run.runId(), "--dir", directory.resolve("run").toString(),
                    "--format", format);
            assertThat(status.code()).as(status.err()).isZero();
        } while (!status.out().contains(PlantedClients.STUCK + " is silent in round"));
        return status;
    }

    @AfterAll
    void stop() {
        if (browser != null) {
            browser.close();
        }
        if (dashboard != null) {
            dashboard.close();
        }
    }

    @Test
    void shouldCatchTheEyeWithTheStuckClientAndTheRejectedUpdate() {
        assertThat(seenWhileOpen).contains(PlantedClients.STUCK + " is silent in round",
                "update of " + PlantedClients.POISONER + " rejected in round", "NORM_EXCEEDED");
        assertThat(roundWhileOpen).filteredOn(row -> row.get(0).equals(PlantedClients.STUCK))
                .singleElement().satisfies(row -> assertThat(row.get(1)).isEqualTo("stuck"));
        assertThat(roundWhileOpen).filteredOn(row -> row.get(0).equals(PlantedClients.POISONER))
                .singleElement().satisfies(row -> assertThat(row.get(1)).isEqualTo("rejected"));
    }

    @Test
    void shouldSayInRunStatusWhoIsStuckWhatWasRejectedAndWhatToDo() {
        assertThat(statusJsonWhileOpen.get("findings")).anySatisfy(finding -> {
            assertThat(finding.get("kind").asText()).isEqualTo("STUCK_CLIENT");
            assertThat(finding.get("subject").asText()).isEqualTo(PlantedClients.STUCK);
            assertThat(finding.get("next").asText()).contains("the log of " + PlantedClients.STUCK);
        }).anySatisfy(finding -> {
            assertThat(finding.get("kind").asText()).isEqualTo("REJECTED_UPDATE");
            assertThat(finding.get("subject").asText()).isEqualTo(PlantedClients.POISONER);
            assertThat(finding.get("text").asText()).contains("NORM_EXCEEDED", "is over 100.0");
            assertThat(finding.get("next").asText()).contains("--topic update.verdict", "not in the adapter");
        });
        assertThat(statusJsonWhileOpen.get("round").get("clients"))
                .filteredOn(client -> client.get("stuck").asBoolean()).singleElement().satisfies(client -> {
                    assertThat(client.get("client").asText()).isEqualTo(PlantedClients.STUCK);
                    assertThat(client.get("silentSeconds").asLong()).isGreaterThanOrEqualTo(3);
                });
        assertThat(statusJsonWhileOpen.get("rejected")).isNotEmpty().allSatisfy(refused -> {
            assertThat(refused.get("client").asText()).isEqualTo(PlantedClients.POISONER);
            assertThat(refused.get("reason").asText()).isEqualTo("NORM_EXCEEDED");
        });
        assertThat(statusWhileOpen.lines())
                .anyMatch(line -> line.startsWith("  " + PlantedClients.STUCK) && line.endsWith("STUCK"))
                .anyMatch(line -> line.startsWith("  rejected: " + PlantedClients.POISONER)
                        && line.contains("NORM_EXCEEDED: norm "))
                .anyMatch(line -> line.startsWith("  what to do: look at the process and the log of "
                        + PlantedClients.STUCK));
    }

    @Test
    void shouldShowTheLogsNumbersOfEveryUpdate() {
        for (int round = 1; round <= ROUNDS; round++) {
            pick(round);
            awaitRound(round);
            int shown = round;
            Map<String, String> losses = browser.table("round-table").stream()
                    .filter(row -> row.get(1).equals("counted"))
                    .collect(Collectors.toMap(row -> row.get(0), row -> row.get(3)));

            assertThat(losses).isEqualTo(decisions(UpdateAccepted.class).stream()
                    .filter(update -> update.getRound() == shown)
                    .collect(Collectors.toMap(UpdateAccepted::getClientId, update -> fixed(update.getMeanLoss(), 4))));
        }
    }

    @Test
    void shouldNotShowARoundsNumberOverAnotherRoundsRows() {
        pick(2);
        awaitRound(2);
        List<List<String>> rows = browser.table("round-table");
        browser.run("window.keptFetch = window.fetch; window.fetch = () => Promise.reject(new TypeError('planted'))");

        pick(1);
        browser.await("document.getElementById('round-number').value === '2'");

        assertThat(browser.text("round-title")).isEqualTo("Round 2");
        assertThat(browser.table("round-table")).isEqualTo(rows);

        browser.run("window.fetch = window.keptFetch");
        pick(1);
        awaitRound(1);

        assertThat(browser.table("round-table")).isNotEqualTo(rows);
    }

    @Test
    void shouldShowTheLogsTrainingLossOfEveryRound() {
        browser.run("document.querySelector('#training details').open = true");
        browser.await("document.querySelectorAll('#training tbody th').length === " + ROUNDS);
        List<List<String>> rows = browser.run("return [...document.querySelector('#training tbody').rows]"
                + ".map(row => [...row.cells].map(cell => cell.textContent))");

        assertThat(rows).containsExactly(List.of("2", fixed(trainingLoss(2), 3)),
                List.of("1", fixed(trainingLoss(1), 3)));
    }

    @Test
    void shouldShowTheLogsScoresOfTheFourModels() {
        EvaluationResult last = decisions(ServerTaskCompleted.class).stream()
                .filter(task -> task.getEvaluation() != null).reduce((earlier, later) -> later).orElseThrow()
                .getEvaluation();
        Map<EvaluatedModel, String> logged = last.getScores().stream()
                .collect(Collectors.toMap(ModelScore::getModel, score -> fixed(score.getNll(), 4)));

        assertThat(browser.table("scores-table")).extracting(row -> row.get(1)).containsExactly(
                logged.get(EvaluatedModel.RAW_FULL), logged.get(EvaluatedModel.RAW_COMPRESSED),
                logged.get(EvaluatedModel.ADAP_EMU), logged.get(EvaluatedModel.ADAP_FU));
    }

    @Test
    void shouldShowTheLogsBytes() {
        long up = events(ClientReported.class).stream().mapToLong(ClientReported::getBytesUp).sum();
        long down = events(ClientReported.class).stream().mapToLong(ClientReported::getBytesDown).sum();

        assertThat(browser.text("traffic-facts")).contains("up " + megabytes(up) + " instead of",
                "down " + megabytes(down) + " instead of");
    }

    @Test
    void shouldHaveNoSeriousAccessibilityProblemInEitherTheme() {
        browser.screen(1280, 800, false);
        assertThat(browser.seriousProblems()).as("light").isEmpty();
        browser.screen(1280, 800, true);
        assertThat(browser.seriousProblems()).as("dark").isEmpty();
    }

    @Test
    void shouldBeWorkedByTheKeyboardAlone() {
        pick(2);
        awaitRound(2);
        String address = browser.run("return location.href");

        tabTo("document.activeElement.className === 'skip'");
        browser.press(Keys.ENTER);
        assertThat(browser.<String>run("return document.activeElement.id")).isEqualTo("run");
        tabTo("document.activeElement.id === 'round-back'");
        browser.press(Keys.ENTER);

        awaitRound(1);
        assertThat(browser.<String>run("return location.href")).as("the run that is looked at").isEqualTo(address);
    }

    private void tabTo(String condition) {
        do {
            browser.press(Keys.TAB);
        } while (!browser.<Boolean>run("return " + condition));
    }

    @Test
    void shouldSayHowFarGroupsAreBehind() {
        assertThat(browser.text("lag-facts")).matches("\\d+ pairs of group and topic: .+\\.");
    }

    @Test
    void shouldFitAPhoneAndBreakNoName() {
        browser.screen(360, 740, false);
        Long width = browser.run("return document.documentElement.scrollWidth");
        List<String> broken = browser.run("return [...document.querySelectorAll('tbody th.text')].filter(cell => {"
                + " const range = document.createRange(); range.selectNodeContents(cell);"
                + " return !/[\\s-]/.test(cell.textContent) && range.getClientRects().length > 1; })"
                + ".map(cell => cell.textContent)");
        browser.screen(1280, 800, false);

        assertThat(width).isLessThanOrEqualTo(360);
        assertThat(broken).isEmpty();
    }

    private void pick(int round) {
        browser.run("const input = document.getElementById('round-number'); input.value = arguments[0];"
                + "input.dispatchEvent(new Event('change'))", round);
    }

    private void awaitRound(int round) {
        browser.await("document.getElementById('round-title').textContent === 'Round " + round + "'"
                + " && document.querySelectorAll('#round-table .in th').length === 3");
    }

    private double trainingLoss(int round) {
        Map<String, Double> losses = decisions(UpdateAccepted.class).stream()
                .filter(update -> update.getRound() == round)
                .collect(Collectors.toMap(UpdateAccepted::getClientId, UpdateAccepted::getMeanLoss));
        List<CountedUpdate> counted = decisions(RoundClosed.class).stream().filter(close -> close.getRound() == round)
                .findFirst().orElseThrow().getCounted();
        return counted.stream().mapToDouble(update -> update.getWeight() * losses.get(update.getClientId())).sum()
                / counted.stream().mapToDouble(CountedUpdate::getWeight).sum();
    }

    private <T> List<T> decisions(Class<T> type) {
        return result.run().entries().stream().filter(entry -> entry.topic().equals(Topics.DECISION.name()))
                .map(RunRecord.Entry::event).filter(type::isInstance).map(type::cast).toList();
    }

    private <T> List<T> events(Class<T> type) {
        return result.run().entries().stream().map(RunRecord.Entry::event).filter(type::isInstance).map(type::cast)
                .toList();
    }

    private static String megabytes(long bytes) {
        return fixed(bytes / 1e6, 1) + " MB";
    }

    /** As JavaScript's toFixed rounds. */
    private static String fixed(double value, int digits) {
        return new BigDecimal(value).setScale(digits, RoundingMode.HALF_UP).toPlainString();
    }
}
