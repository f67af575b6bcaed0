package org.fedbiot.observer;

import java.util.List;
import java.util.stream.Collectors;
import org.fedbiot.schemas.event.RunOutcome;

/**
 * What a run is doing, in words. Times are apart from the text, so that it stays the same while only the clock moves.
 *
 * @param text such as "Round 3 of 6: waiting for client-b, 2 of 3 in"
 * @param sinceMillis since when it is so
 * @param untilMillis when the open round closes or the scoring ends; 0 where nothing is due
 */
public record Headline(String text, long sinceMillis, long untilMillis) {

    private static final int NAMED = 3;

    public static Headline of(RunPicture run) {
        return switch (run.phase()) {
            case SUBMITTED -> plain(run, "Submitted: no coordinator has answered yet");
            case REFUSED -> plain(run, "Refused: " + run.reason());
            case COMPRESSING -> plain(run, "Cutting the model and aligning the emulator" + task(run));
            case BETWEEN_ROUNDS -> plain(run, "Round " + (done(run) + 1) + " of " + rounds(run)
                    + ": about to be opened, or waiting for enough clients to join");
            case ROUND_OPEN -> round(run);
            case FOLDING -> plain(run, "Round " + (done(run) + 1) + " of " + rounds(run)
                    + ": closed, the aggregator folds the updates");
            case ALIGNING -> plain(run, "Round " + (done(run) + 1) + " of " + rounds(run)
                    + ": aligning the emulator first" + task(run));
            case EVALUATING -> plain(run, "After round " + done(run) + " of " + rounds(run)
                    + ": scoring the four models" + task(run));
            case EXPORTING -> plain(run, "All " + rounds(run) + " rounds done: writing the adapter" + task(run));
            case SCORING -> scoring(run);
            case ENDED -> plain(run, run.outcome() == RunOutcome.COMPLETED
                    ? "Completed after " + count(done(run), "round")
                    : outcome(run) + " after " + count(done(run), "round")
                            + (run.reason().isEmpty() ? "" : ": " + run.reason()));
        };
    }

    private static Headline plain(RunPicture run, String text) {
        return new Headline(text, run.phaseSinceMillis(), 0);
    }

    private static Headline round(RunPicture run) {
        RoundPicture round = run.lastRound().orElseThrow();
        List<String> awaited = round.awaited().stream().map(ClientRoundPicture::clientId).toList();
        String attempt = round.attempts().size() > 1 ? ", attempt " + round.attempt().attempt() : "";
        String waiting = awaited.isEmpty() ? "nobody left to wait for" : "waiting for " + names(awaited);
        return new Headline("Round " + round.number() + " of " + rounds(run) + attempt + ": " + waiting + ", "
                + round.accepted() + " of " + round.clients().stream().filter(ClientRoundPicture::called).count()
                + " in", round.attempt().openedMillis(), round.attempt().deadlineMillis());
    }

    private static Headline scoring(RunPicture run) {
        List<String> missing = run.scoring().map(scoring -> scoring.asked().stream()
                .filter(client -> scoring.scores().stream().noneMatch(score -> score.clientId().equals(client))
                        && scoring.failures().stream().noneMatch(failed -> failed.clientId().equals(client)))
                .toList()).orElse(List.of());
        return new Headline("The adapter is written: waiting for the scores of " + names(missing),
                run.phaseSinceMillis(), run.scoring().map(ScoringPicture::deadlineMillis).orElse(0L));
    }

    private static String task(RunPicture run) {
        return run.task().map(task -> switch (task.state()) {
            case WAITING -> ", no worker has taken it yet";
            default -> ", " + task.worker() + ": " + task.phase()
                    + (task.steps() > 0 ? " " + task.step() + " of " + task.steps() : "");
        }).orElse("");
    }

    private static String names(List<String> clients) {
        if (clients.size() <= NAMED) {
            return String.join(", ", clients);
        }
        return clients.stream().limit(NAMED - 1).collect(Collectors.joining(", "))
                + " and " + (clients.size() - NAMED + 1) + " others";
    }

    private static String outcome(RunPicture run) {
        return run.outcome() == RunOutcome.CANCELLED ? "Cancelled" : "Failed";
    }

    private static int done(RunPicture run) {
        return run.roundsDone();
    }

    private static String rounds(RunPicture run) {
        return run.spec().map(spec -> Integer.toString(spec.rounds())).orElse("?");
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }
}
