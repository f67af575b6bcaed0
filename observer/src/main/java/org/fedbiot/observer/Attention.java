package org.fedbiot.observer;

import static org.fedbiot.observer.Finding.Kind.DEAD_LETTERS;
import static org.fedbiot.observer.Finding.Kind.FAILED_CLIENT;
import static org.fedbiot.observer.Finding.Kind.OVERDUE_ROUND;
import static org.fedbiot.observer.Finding.Kind.QUORUM_AT_RISK;
import static org.fedbiot.observer.Finding.Kind.REJECTED_UPDATE;
import static org.fedbiot.observer.Finding.Kind.RUN_FAILED;
import static org.fedbiot.observer.Finding.Kind.STUCK_CLIENT;
import static org.fedbiot.observer.Finding.Kind.STUCK_TASK;
import static org.fedbiot.observer.Finding.Kind.TOO_FEW_CLIENTS;
import static org.fedbiot.observer.Finding.Kind.UNANSWERED_SUBMIT;
import static org.fedbiot.observer.Finding.Kind.UNTAKEN_TASK;
import static org.fedbiot.observer.Finding.Severity.PROBLEM;
import static org.fedbiot.observer.Finding.Severity.WARNING;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.fedbiot.schemas.event.RunOutcome;

/** What in a picture a person should look at, at a given time: the one place that says what "stuck" means. */
public final class Attention {

    /** Silence that is never taken for trouble: workers say how far they are at most once a second. */
    private static final long PATIENCE_MILLIS = 15_000;
    /** A worker between two signs of progress is silent so many times longer than ever before. */
    private static final int GAPS = 5;
    /** A client from which nothing came yet takes so many times longer than the slowest that has handed in. */
    private static final int SLOWEST = 2;

    private Attention() {
    }

    /** Over all runs that go on, and over the dead letters. */
    public static List<Finding> of(Picture picture, long nowMillis) {
        List<Finding> findings = new ArrayList<>();
        picture.runs().stream().filter(run -> !run.isOver())
                .forEach(run -> findings.addAll(of(run, picture, nowMillis)));
        if (picture.deadLetterCount() > 0) {
            DeadLetterPicture newest = picture.deadLetters().get(picture.deadLetters().size() - 1);
            findings.add(new Finding(WARNING, DEAD_LETTERS, "", 0, newest.topic(), picture.deadLetterCount()
                    + (picture.deadLetterCount() == 1 ? " record" : " records") + " could not be used; the newest: "
                    + newest.reason(), newest.atMillis()));
        }
        return findings;
    }

    /** Of one run; of one that is over, what was lost in it. */
    public static List<Finding> of(RunPicture run, Picture picture, long nowMillis) {
        List<Finding> findings = new ArrayList<>();
        if (run.outcome() == RunOutcome.FAILED) {
            findings.add(new Finding(PROBLEM, RUN_FAILED, run.runId(), 0, run.runId(), "the run failed: "
                    + run.reason(), run.endedMillis()));
        }
        switch (run.phase()) {
            case SUBMITTED -> silent(findings, nowMillis, new Finding(PROBLEM, UNANSWERED_SUBMIT, run.runId(), 0,
                    run.runId(), "no coordinator has answered the submit", run.submittedMillis()));
            case BETWEEN_ROUNDS -> tooFewClients(findings, run, picture, nowMillis);
            case ROUND_OPEN -> round(findings, run, run.lastRound().orElseThrow(), nowMillis);
            default -> run.task().ifPresent(task -> task(findings, run, task, nowMillis));
        }
        findings.addAll(lost(run));
        return findings;
    }

    private static void silent(List<Finding> findings, long nowMillis, Finding finding) {
        if (nowMillis - finding.sinceMillis() > PATIENCE_MILLIS) {
            findings.add(finding);
        }
    }

    private static void tooFewClients(List<Finding> findings, RunPicture run, Picture picture, long nowMillis) {
        run.spec().ifPresent(spec -> {
            long there = spec.clients().stream()
                    .filter(id -> picture.client(id).filter(ClientPicture::there).isPresent()).count();
            if (there < spec.quorum()) {
                silent(findings, nowMillis, new Finding(PROBLEM, TOO_FEW_CLIENTS, run.runId(), 0, run.runId(), there
                        + " of the run's clients are there, a round needs " + spec.quorum(),
                        run.phaseSinceMillis()));
            }
        });
    }

    private static void task(List<Finding> findings, RunPicture run, TaskPicture task, long nowMillis) {
        if (task.state() == TaskPicture.State.WAITING) {
            silent(findings, nowMillis, new Finding(PROBLEM, UNTAKEN_TASK, run.runId(), task.round(), task.taskId(),
                    "no server worker has taken " + task.taskId(), task.assignedMillis()));
        } else if (nowMillis - task.progressMillis() > GAPS * PATIENCE_MILLIS) {
            findings.add(new Finding(WARNING, STUCK_TASK, run.runId(), task.round(), task.worker(), task.worker()
                    + " has said nothing of " + task.taskId() + " since " + task.phase()
                    + (task.steps() > 0 ? " " + task.step() + " of " + task.steps() : ""), task.progressMillis()));
        }
    }

    private static void round(List<Finding> findings, RunPicture run, RoundPicture round, long nowMillis) {
        List<ClientRoundPicture> awaited = round.awaited();
        List<ClientRoundPicture> stuck = awaited.stream().filter(client -> isStuck(run, round, client, nowMillis))
                .toList();
        for (ClientRoundPicture client : stuck) {
            findings.add(new Finding(PROBLEM, STUCK_CLIENT, run.runId(), round.number(), client.clientId(),
                    client.clientId() + (client.verdict() == Verdict.LEFT ? " left: " + client.reason()
                            : " is silent") + " in round " + round.number() + ", " + lastStep(client),
                    lastSign(client)));
        }
        int spare = round.quorumMargin() - stuck.size();
        if (spare < 0) {
            findings.add(new Finding(round.quorumMargin() < 0 ? PROBLEM : WARNING, QUORUM_AT_RISK, run.runId(),
                    round.number(), run.runId(), "round " + round.number() + " needs " + round.quorum()
                    + " updates: " + round.accepted() + " are in, " + (awaited.size() - stuck.size())
                    + " more may come", round.attempt().openedMillis()));
        }
        if (round.attempt().deadlineReachedMillis() == 0) {
            silent(findings, nowMillis, new Finding(PROBLEM, OVERDUE_ROUND, run.runId(), round.number(), run.runId(),
                    "round " + round.number() + " is past its deadline and the coordinator has not said so",
                    round.attempt().deadlineMillis()));
        }
    }

    /**
     * Whether a client that a round waits for stands still: silent for longer than the run's own
     * {@code federation.stallMillis}, or where that says nothing, much longer than it ever was before, or, before its
     * first sign, than the slowest of the others took for everything.
     */
    public static boolean isStuck(RunPicture run, RoundPicture round, ClientRoundPicture client, long nowMillis) {
        long silent = nowMillis - lastSign(client);
        long stall = run.spec().map(SpecSummary::stallMillis).orElse(0L);
        if (client.verdict() == Verdict.LEFT) {
            return true;
        }
        if (client.progress().steps() > 0) {
            long allowed = stall > 0 ? stall : GAPS * client.longestGapMillis();
            return silent > Math.max(stall > 0 ? 0 : PATIENCE_MILLIS, allowed);
        }
        long slowest = round.clients().stream().flatMap(other -> other.update().stream()
                .map(update -> update.acceptedMillis() - other.calledMillis())).max(Long::compare).orElse(0L);
        return slowest > 0 && silent > Math.max(PATIENCE_MILLIS, SLOWEST * slowest);
    }

    /** When a client that a round waits for last said something of it; its call counts as one. */
    public static long lastSign(ClientRoundPicture client) {
        return Math.max(client.lastSignMillis(), client.calledMillis());
    }

    private static String lastStep(ClientRoundPicture client) {
        ClientRoundPicture.Progress progress = client.progress();
        if (progress.steps() == 0) {
            return "nothing heard since it was called";
        }
        return progress.shards() > 0
                ? progress.shardsSent() + " of " + progress.shards() + " shards sent"
                : "last at step " + progress.step() + " of " + progress.steps();
    }

    /** Rejections and failures, the newest of each client, over the whole run. */
    private static List<Finding> lost(RunPicture run) {
        TreeMap<String, Finding> newest = new TreeMap<>();
        TreeMap<String, Integer> rounds = new TreeMap<>();
        for (RoundPicture round : run.rounds()) {
            for (ClientRoundPicture client : round.clients()) {
                boolean rejected = client.verdict() == Verdict.REJECTED;
                if (rejected || client.verdict() == Verdict.FAILED) {
                    String key = client.clientId() + "/" + client.verdict();
                    newest.put(key, new Finding(PROBLEM, rejected ? REJECTED_UPDATE : FAILED_CLIENT, run.runId(),
                            round.number(), client.clientId(), rejected
                            ? "update of " + client.clientId() + " rejected in round " + round.number() + ": "
                                    + client.reason()
                            : client.clientId() + " failed in round " + round.number() + ": " + client.reason(),
                            round.openedMillis()));
                    rounds.merge(key, 1, Integer::sum);
                }
            }
        }
        return newest.entrySet().stream().map(entry -> repeated(entry.getValue(), rounds.get(entry.getKey())))
                .toList();
    }

    private static Finding repeated(Finding finding, int rounds) {
        return rounds == 1 ? finding : new Finding(finding.severity(), finding.kind(), finding.runId(),
                finding.round(), finding.subject(), finding.text() + " (in " + rounds + " rounds so far)",
                finding.sinceMillis());
    }
}
