package org.fedbiot.cli.observe;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.fedbiot.observer.Attention;
import org.fedbiot.observer.DeadLetterPicture;
import org.fedbiot.observer.EvaluationPicture;
import org.fedbiot.observer.Finding;
import org.fedbiot.observer.Headline;
import org.fedbiot.observer.Picture;
import org.fedbiot.observer.RoundPicture;
import org.fedbiot.observer.RunPicture;
import org.fedbiot.observer.SpecSummary;
import org.fedbiot.observer.TaskPicture;

/**
 * One run at a glance; the names of its JSON are public. Times are ISO 8601 in UTC, empty for what has not happened.
 *
 * @param phase where it stands; of one that has ended, its outcome
 * @param headline what it is doing, in words
 * @param until when the open round closes or the scoring ends
 * @param lastEvent of the run
 * @param adapterVersion the newest, -1 before the first
 * @param findings what a person should look at, the worst first
 * @param rejected updates that screening refused, over all rounds
 * @param round the newest; null before the first
 * @param task of a server worker that the run waits for; null where there is none
 * @param scores on the owner's evaluation set, the newest
 * @param product where it lies; null before it does
 * @param next what to do
 */
public record RunStatus(String runId, String phase, String headline, String since, String until, String reason,
        String lastEvent, int roundsDone, int rounds, int adapterVersion, String adapterSha256, double exposedShare,
        List<ToLookAt> findings, List<Rejected> rejected, RoundStatus round, Task task, List<Score> scores,
        Product product, String next) {

    /** @param next what to do about it */
    public record ToLookAt(String severity, String kind, int round, String subject, String text, String since,
            String next) {
    }

    /** @param count refusals of this client in the round for this reason; detail is of the newest */
    public record Rejected(int round, String client, String reason, String detail, int count) {
    }

    /** @param worker empty while nobody has taken it */
    public record Task(String task, String worker, String phase, int step, int steps, String lastSign) {
    }

    /** @param exactMatch null where nothing was generated */
    public record Score(String model, double nll, double perplexity, Double exactMatch) {
    }

    /** Directories on the server worker's machine. */
    public record Product(int adapterVersion, String adapter, String merged) {
    }

    /** @throws org.fedbiot.cli.UserError if the cluster knows no such run */
    public static RunStatus of(Picture picture, String runId, long nowMillis) {
        RunPicture run = Look.run(picture, runId);
        Headline headline = Headline.of(run);
        List<Finding> findings = Stream.concat(Attention.of(run, picture, nowMillis).stream(),
                deadLetters(picture, runId)).sorted((one, other) -> one.severity().compareTo(other.severity()))
                .toList();
        return new RunStatus(runId, RunListing.phase(run), headline.text(), Moments.iso(headline.sinceMillis()),
                Moments.iso(headline.untilMillis()), run.reason(), Moments.iso(lastEvent(run)), run.roundsDone(),
                run.spec().map(SpecSummary::rounds).orElse(0), run.adapterVersion(), run.adapterSha256(),
                run.exposure().share(), findings.stream().map(finding -> lookAt(finding, run)).toList(), rejected(run),
                run.lastRound().map(round -> RoundStatus.of(run, round, nowMillis)).orElse(null),
                run.task().map(RunStatus::task).orElse(null), scores(run),
                run.export().map(made -> new Product(made.adapterVersion(), made.adapterDirectory(),
                        made.mergedDirectory())).orElse(null), Advice.next(run, findings));
    }

    private static ToLookAt lookAt(Finding finding, RunPicture run) {
        return new ToLookAt(finding.severity().name(), finding.kind().name(), finding.round(), finding.subject(),
                finding.text(), Moments.iso(finding.sinceMillis()), Advice.on(finding, run));
    }

    /** Of records that name the run in their key. */
    private static Stream<Finding> deadLetters(Picture picture, String runId) {
        List<DeadLetterPicture> letters = picture.deadLetters().stream()
                .filter(letter -> letter.key().equals(runId) || letter.key().startsWith(runId + "/")).toList();
        return letters.stream().skip(Math.max(0, letters.size() - 1L)).map(newest -> new Finding(
                Finding.Severity.WARNING, Finding.Kind.DEAD_LETTERS, runId, 0, newest.topic(), letters.size()
                        + (letters.size() == 1 ? " record" : " records") + " of this run could not be used; the newest: "
                        + newest.topic() + ", partition " + newest.partition() + ", offset " + newest.offset() + ": "
                        + newest.reason(), newest.atMillis()));
    }

    private static List<Rejected> rejected(RunPicture run) {
        List<Rejected> all = new ArrayList<>();
        run.rounds().forEach(round -> round.clients().forEach(client -> client.refusals().forEach(refusal ->
                all.add(new Rejected(round.number(), client.clientId(), refusal.reason().name(), refusal.detail(),
                        refusal.count())))));
        return all;
    }

    private static Task task(TaskPicture task) {
        return new Task(task.taskId(), task.worker(), task.phase(), task.step(), task.steps(),
                Moments.iso(Math.max(task.assignedMillis(), task.progressMillis())));
    }

    private static List<Score> scores(RunPicture run) {
        List<EvaluationPicture> all = run.evaluations();
        return all.isEmpty() ? List.of() : all.get(all.size() - 1).scores().stream()
                .map(score -> new Score(score.model().name(), score.nll(), score.perplexity(),
                        score.exactMatch().isPresent() ? score.exactMatch().getAsDouble() : null)).toList();
    }

    private static long lastEvent(RunPicture run) {
        long last = Math.max(run.endedMillis(), Math.max(run.submittedMillis(), run.phaseSinceMillis()));
        for (TaskPicture task : run.tasks()) {
            last = Math.max(last, Math.max(task.settledMillis(), Math.max(task.assignedMillis(),
                    task.progressMillis())));
        }
        for (RoundPicture round : run.rounds()) {
            last = Math.max(last, Math.max(round.publishedMillis(), round.clients().stream()
                    .mapToLong(Attention::lastSign).max().orElse(0)));
        }
        return last;
    }
}
