package org.fedbiot.observer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.fedbiot.observer.Script.ADAPTER_BYTES;
import static org.fedbiot.observer.Script.EMULATOR_BYTES;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.fedbiot.schemas.event.CloseReason;
import org.fedbiot.schemas.event.EvaluatedModel;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.event.RunRefused;
import org.fedbiot.schemas.event.TaskKind;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.Test;

class PictureFoldTest {

    @Test
    void shouldTellAWholeRun() {
        RunPicture run = Script.whole().run();

        assertThat(run.phase()).isEqualTo(RunPhase.ENDED);
        assertThat(run.outcome()).isEqualTo(RunOutcome.COMPLETED);
        assertThat(run.roundsDone()).isEqualTo(2);
        assertThat(run.spec().orElseThrow().clients()).containsExactly("anna", "ben", "cleo");
        assertThat(run.exposure().share()).isEqualTo(0.867);
        assertThat(run.cut().orElseThrow().heldParameters()).isEqualTo(1_300);
        assertThat(run.export().orElseThrow().adapterDirectory()).isEqualTo("/out/adapter");
        assertThat(run.adapterVersion()).isEqualTo(2);
        assertThat(run.tasks()).extracting(TaskPicture::taskId)
                .containsExactly("compress", "evaluate-1", "align-1", "evaluate-2", "export-2");
        assertThat(run.tasks()).allSatisfy(task -> assertThat(task.state()).isEqualTo(TaskPicture.State.DONE));
    }

    @Test
    void shouldSayWhatBecameOfEachClientInEachRound() {
        RunPicture run = Script.whole().run();

        assertThat(verdicts(run, 1)).containsExactly(Map.entry("anna", Verdict.COUNTED),
                Map.entry("ben", Verdict.COUNTED), Map.entry("cleo", Verdict.REJECTED));
        assertThat(verdicts(run, 2)).containsExactly(Map.entry("anna", Verdict.COUNTED),
                Map.entry("ben", Verdict.COUNTED), Map.entry("cleo", Verdict.LEFT));
        RoundPicture first = run.rounds().get(0);
        assertThat(first.client("cleo").orElseThrow().reason()).isEqualTo("NORM_EXCEEDED: norm 812.5 is over 5.0");
        assertThat(first.client("ben").orElseThrow().newestRefusal()).as("a forged record does not take ben's place")
                .hasValueSatisfying(refusal -> assertThat(refusal.reason()).isEqualTo(RejectReason.BAD_SIGNATURE));
        assertThat(first.quorumMargin()).isZero();
        assertThat(first.closeReason()).isEqualTo(CloseReason.ALL_IN);
    }

    @Test
    void shouldKeepTheRefusalsOfEachReasonApart() {
        RunPicture run = new Script("anna").submitted().accepted().opened(1, 1, "anna")
                .refused(1, "anna", RejectReason.BAD_SIGNATURE, "first")
                .refused(1, "anna", RejectReason.HASH_MISMATCH, "other")
                .refused(1, "anna", RejectReason.BAD_SIGNATURE, "second").run();

        ClientRoundPicture client = run.rounds().get(0).client("anna").orElseThrow();
        assertThat(client.refusals()).extracting(refusal -> refusal.reason() + " " + refusal.detail() + " "
                + refusal.count()).containsExactly("HASH_MISMATCH other 1", "BAD_SIGNATURE second 2");
        assertThat(client.reason()).isEqualTo("BAD_SIGNATURE: second");
    }

    @Test
    void shouldWeighTheTrainingLossAsTheAggregationWeighsUpdates() {
        RunPicture run = Script.whole().run();

        assertThat(run.rounds().get(0).trainingLoss()).hasValue((100 * 2.0 + 300 * 1.0) / 400);
        assertThat(run.rounds().get(1).trainingLoss()).hasValue((100 * 1.5 + 300 * 0.5) / 400);
    }

    @Test
    void shouldTellLossesAndScores() {
        RunPicture run = Script.whole().run();

        assertThat(run.alignments()).extracting(AlignmentPicture::emulatorVersion).containsExactly(0, 1);
        assertThat(run.alignments().get(1).round()).isEqualTo(2);
        assertThat(run.alignments().get(1).before()).isEqualTo(new AlignmentPicture.Losses(1.5, 0.5, 2.0));
        assertThat(run.alignments().get(1).after()).isEqualTo(new AlignmentPicture.Losses(0.75, 0.25, 1.0));
        assertThat(run.evaluations()).extracting(EvaluationPicture::round).containsExactly(1, 2);
        assertThat(run.evaluations().get(1).score(EvaluatedModel.ADAP_FU).orElseThrow().nll()).isEqualTo(1.25);
        assertThat(run.evaluations().get(1).score(EvaluatedModel.RAW_FULL).orElseThrow().exactMatch()).isEmpty();
        assertThat(run.scoring().orElseThrow().scores()).extracting(ScoringPicture.OwnScore::clientId)
                .containsExactly("anna", "ben");
    }

    @Test
    void shouldHoldBytesAgainstWholeLayers() {
        Traffic traffic = Script.whole().run().traffic();

        assertThat(traffic.up()).isEqualTo(300 + 300 + 310 + 310);
        assertThat(traffic.down()).isEqualTo(700 + 700 + 900 + 900);
        assertThat(traffic.wholeUp()).as("four updates of whole adapter layers").isEqualTo(4 * ADAPTER_BYTES);
        assertThat(traffic.wholeDown()).as("adapter 1 and emulator 1, to two clients; the first versions come with the"
                + " bootstrap").isEqualTo(2 * (ADAPTER_BYTES + EMULATOR_BYTES));
        assertThat(traffic.bootstrap()).isEqualTo(2 * 4_000);
    }

    @Test
    void shouldGiveTheSamePictureInWhateverOrderTopicsAreRead() {
        List<LoggedEvent> log = Script.whole().log();
        Picture inOrder = Script.whole().picture();

        for (int seed = 0; seed < 200; seed++) {
            PictureFold fold = new PictureFold();
            for (LoggedEvent event : shuffled(log, new Random(seed))) {
                fold.add(event);
                // A picture in between must not freeze anything.
                fold.picture();
            }
            assertThat(fold.picture()).as("interleaving of seed " + seed).isEqualTo(inOrder);
        }
    }

    /** Any interleaving that keeps each topic's own order. */
    private static List<LoggedEvent> shuffled(List<LoggedEvent> log, Random random) {
        Map<String, Deque<LoggedEvent>> topics = new TreeMap<>();
        log.forEach(event -> topics.computeIfAbsent(event.topic(), topic -> new ArrayDeque<>()).add(event));
        List<Deque<LoggedEvent>> left = new ArrayList<>(topics.values());
        List<LoggedEvent> shuffled = new ArrayList<>();
        while (!left.isEmpty()) {
            Deque<LoggedEvent> topic = left.get(random.nextInt(left.size()));
            // Runs of random length, so that a topic is also read far ahead of the others.
            for (int run = random.nextInt(12); run >= 0 && !topic.isEmpty(); run--) {
                shuffled.add(topic.removeFirst());
            }
            if (topic.isEmpty()) {
                left.remove(topic);
            }
        }
        return shuffled;
    }

    @Test
    void shouldFollowAClientThroughARound() {
        Script script = begun().opened(1, 1, "anna", "ben", "cleo");
        assertThat(verdicts(script.run(), 1)).containsEntry("anna", Verdict.CALLED);

        script.progressed(1, "anna", 3);
        assertThat(verdicts(script.run(), 1)).containsEntry("anna", Verdict.TRAINING);

        script.sent(1, "anna");
        assertThat(verdicts(script.run(), 1)).containsEntry("anna", Verdict.SENDING);

        script.accepted(1, "anna", 100, 2.0);
        RoundPicture round = script.run().rounds().get(0);
        assertThat(round.client("anna").orElseThrow().verdict()).isEqualTo(Verdict.ACCEPTED);
        assertThat(round.awaited()).extracting(ClientRoundPicture::clientId).containsExactly("ben", "cleo");
        assertThat(round.quorumMargin()).as("of the two that are awaited one is needed").isEqualTo(1);
        assertThat(round.trainingLoss()).as("what counts is known at the close").isEmpty();

        script.closed(1, CloseReason.DEADLINE, Map.of("anna", 100.0));
        assertThat(verdicts(script.run(), 1)).containsEntry("anna", Verdict.COUNTED)
                .containsEntry("ben", Verdict.MISSING);

        script.rejected(1, "ben", RejectReason.LATE, "after the close");
        assertThat(verdicts(script.run(), 1)).containsEntry("ben", Verdict.LATE);
    }

    @Test
    void shouldGiveAFailedClientAnotherChanceWhenItIsCalledAgain() {
        Script script = begun().opened(1, 1, "anna", "ben").failed(1, "ben");
        assertThat(verdicts(script.run(), 1)).containsEntry("ben", Verdict.FAILED);

        script.opened(1, 2, "anna", "ben");
        RoundPicture round = script.run().rounds().get(0);
        assertThat(round.attempts()).extracting(AttemptPicture::attempt).containsExactly(1, 2);
        assertThat(round.client("ben").orElseThrow().verdict()).isEqualTo(Verdict.CALLED);
        assertThat(round.openedMillis()).as("open since its first attempt").isLessThan(
                round.attempt().openedMillis());
    }

    @Test
    void shouldMissTheClientsOfARoundThatARunEndedIn() {
        RunPicture run = begun().opened(1, 1, "anna", "ben")
                .ended(RunOutcome.CANCELLED, "cancelled by an operator: enough").run();

        assertThat(run.rounds().get(0).abandoned()).isTrue();
        assertThat(verdicts(run, 1)).containsEntry("anna", Verdict.MISSING);
        assertThat(run.reason()).contains("enough");
    }

    @Test
    void shouldShowWhatAWorkerIsAt() {
        Script script = new Script("anna").workerStarted().submitted().accepted()
                .works(TaskKind.COMPRESS, "compress", "align", 2, 3);

        WorkerPicture worker = script.picture().workers().get(0);
        assertThat(worker.id()).isEqualTo("s1");
        assertThat(worker.device()).isEqualTo("cpu");
        assertThat(worker.lastSignMillis()).isEqualTo(script.now());
        assertThat(worker.work()).hasValueSatisfying(work -> {
            assertThat(work.task().phase()).isEqualTo("align");
            assertThat(work.task().step()).isEqualTo(2);
        });

        script.compressed();
        assertThat(script.picture().workers().get(0).work()).isEmpty();
    }

    @Test
    void shouldShowWhenAClientWasLastHeardOf() {
        Script script = begun().opened(1, 1, "anna", "ben").progressed(1, "anna", 1);
        long lastWord = script.now();
        script.accepted(1, "ben", 100, 2.0);

        ClientPicture anna = script.picture().client("anna").orElseThrow();
        assertThat(anna.lastSignMillis()).isEqualTo(lastWord);
        assertThat(anna.there()).isTrue();
        assertThat(anna.round()).isEqualTo(1);
        assertThat(script.left("anna").picture().client("anna").orElseThrow().there()).isFalse();
    }

    @Test
    void shouldKeepTheFirstRunWhenASecondAsksForItsId() {
        RunPicture run = begun().decide(new RunRefused(Script.RUN, "runId: run-1 is taken")).run();

        assertThat(run.phase()).isEqualTo(RunPhase.BETWEEN_ROUNDS);
    }

    @Test
    void shouldKeepTheNewestDeadLettersAndCountThemAll() {
        Script script = new Script("anna");
        for (int letter = 0; letter < 150; letter++) {
            script.deadLetter("reason " + letter);
        }

        Picture picture = script.picture();
        assertThat(picture.deadLetterCount()).isEqualTo(150);
        assertThat(picture.deadLetters()).hasSize(100);
        assertThat(picture.deadLetters().get(99).reason()).isEqualTo("reason 149");
    }

    @Test
    void shouldPassOverRunsThatNobodyAskedFor() {
        Picture picture = new Script("anna").progressed(1, "anna", 1).picture();

        assertThat(picture.runs()).isEmpty();
    }

    @Test
    void shouldPassOverTopicsThatAreNotItsOwn() {
        Script script = begun();
        Picture before = script.picture();

        script.on(Topics.ROUND_ANNOUNCE, script.log().get(0).event());

        assertThat(script.picture().runs()).isEqualTo(before.runs());
    }

    @Test
    void shouldMakeOnlyThePicturesAnewThatChanged() {
        PictureFold fold = new PictureFold();
        Script script = begun().opened(1, 1, "anna").accepted(1, "anna", 1, 2.0)
                .closed(1, CloseReason.ALL_IN, Map.of("anna", 1.0)).published(1).opened(2, 1, "anna");
        script.log().forEach(fold::add);
        RunPicture before = fold.picture().run(Script.RUN).orElseThrow();

        List<LoggedEvent> log = script.progressed(2, "anna", 1).log();
        fold.add(log.get(log.size() - 1));

        RunPicture after = fold.picture().run(Script.RUN).orElseThrow();
        assertThat(after.rounds().get(0)).isSameAs(before.rounds().get(0));
        assertThat(after.rounds().get(1)).isNotSameAs(before.rounds().get(1));
        assertThat(after.rounds().get(1).client("anna").orElseThrow().progress().loss()).isEqualTo(2.5, within(0.0));
    }

    private static Script begun() {
        return new Script("anna", "ben", "cleo").workerStarted().joined("anna").joined("ben").joined("cleo")
                .submitted().accepted().compressed();
    }

    private static Map<String, Verdict> verdicts(RunPicture run, int round) {
        Map<String, Verdict> verdicts = new TreeMap<>();
        run.rounds().get(round - 1).clients().forEach(client -> verdicts.put(client.clientId(), client.verdict()));
        return verdicts;
    }
}
