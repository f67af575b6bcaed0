package org.fedbiot.cli.tracking;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.fedbiot.observer.AlignmentPicture;
import org.fedbiot.observer.ClientRoundPicture;
import org.fedbiot.observer.EvaluationPicture;
import org.fedbiot.observer.RoundPicture;
import org.fedbiot.observer.RunPicture;
import org.fedbiot.observer.Verdict;

/**
 * The numbers of a run that will not change any more, oldest first: what was taken once is never taken back, and the
 * same log gives the same points.
 */
final class RunPoints {

    private static final double MILLIS_PER_SECOND = 1_000;

    private final Map<TrackedPoint.Id, TrackedPoint> points = new LinkedHashMap<>();

    private RunPoints() {
    }

    static List<TrackedPoint> of(RunPicture run) {
        RunPoints all = new RunPoints();
        run.rounds().stream().filter(round -> round.closedMillis() > 0).forEach(round -> all.round(run, round));
        run.alignments().forEach(all::alignment);
        run.evaluations().forEach(all::evaluation);
        return all.sorted();
    }

    private void round(RunPicture run, RoundPicture round) {
        long at = round.closedMillis();
        List<ClientRoundPicture> counted = round.clients().stream()
                .filter(client -> client.verdict() == Verdict.COUNTED).toList();
        round.trainingLoss().ifPresent(loss -> add("train/loss", round.number(), at, loss));
        add("round/seconds", round.number(), at, (at - round.openedMillis()) / MILLIS_PER_SECOND);
        add("round/called", round.number(), at, round.attempt().called().size());
        add("round/counted", round.number(), at, counted.size());
        for (ClientRoundPicture client : counted) {
            client.update().ifPresent(update ->
                    add("client/" + client.clientId() + "/loss", round.number(), at, update.meanLoss()));
        }
        // Clients say what a round cost them when their update is through, which may be after the close.
        if (run.isOver() || counted.stream().allMatch(client -> client.report().isPresent())) {
            long told = Math.max(at, counted.stream().mapToLong(ClientRoundPicture::lastSignMillis).max().orElse(at));
            add("traffic/up_bytes", round.number(), told, round.traffic().up());
            add("traffic/down_bytes", round.number(), told, round.traffic().down());
        }
    }

    private void alignment(AlignmentPicture alignment) {
        losses("before", alignment, alignment.before());
        losses("after", alignment, alignment.after());
    }

    private void losses(String moment, AlignmentPicture alignment, AlignmentPicture.Losses losses) {
        add("alignment/loss_" + moment, alignment.emulatorVersion(), alignment.atMillis(), losses.loss());
        add("alignment/l2_" + moment, alignment.emulatorVersion(), alignment.atMillis(), losses.l2());
        add("alignment/kl_" + moment, alignment.emulatorVersion(), alignment.atMillis(), losses.kl());
    }

    private void evaluation(EvaluationPicture evaluation) {
        for (EvaluationPicture.Score score : evaluation.scores()) {
            String model = "eval/" + score.model().name().toLowerCase(Locale.ROOT);
            add(model + "/nll", evaluation.round(), evaluation.atMillis(), score.nll());
            add(model + "/perplexity", evaluation.round(), evaluation.atMillis(), score.perplexity());
            score.exactMatch().ifPresent(share ->
                    add(model + "/exact_match", evaluation.round(), evaluation.atMillis(), share));
        }
    }

    /** The first of its kind stands: a version that is scored again at the end has the same score. */
    private void add(String tag, int step, long atMillis, double value) {
        if (Double.isFinite(value)) {
            TrackedPoint point = new TrackedPoint(tag, step, atMillis, value);
            points.putIfAbsent(point.id(), point);
        }
    }

    private List<TrackedPoint> sorted() {
        Collection<TrackedPoint> found = points.values();
        return found.stream().sorted(Comparator.comparingLong(TrackedPoint::atMillis)
                .thenComparing(TrackedPoint::tag).thenComparingInt(TrackedPoint::step)).toList();
    }
}
