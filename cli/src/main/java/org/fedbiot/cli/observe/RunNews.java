package org.fedbiot.cli.observe;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.fedbiot.observer.AlignmentPicture;
import org.fedbiot.observer.ClientRoundPicture;
import org.fedbiot.observer.EvaluationPicture;
import org.fedbiot.observer.Finding;
import org.fedbiot.observer.RoundPicture;
import org.fedbiot.observer.RunPicture;
import org.fedbiot.schemas.event.EvaluatedModel;

/** What has happened in a run, as lines of which each is said once. Not thread-safe. */
final class RunNews {

    private static final int HASH_DIGITS = 12;

    private final Set<String> said = new HashSet<>();

    /** Lines that were not said before, in the order of rounds. */
    List<String> of(RunPicture run, List<Finding> findings) {
        List<String> lines = new ArrayList<>();
        run.alignments().forEach(aligned -> lines.add(aligned(aligned)));
        for (RoundPicture round : run.rounds()) {
            refused(lines, round);
            if (round.publishedMillis() > 0) {
                lines.add(published(round));
            }
        }
        run.evaluations().forEach(evaluated -> lines.add(evaluated(evaluated)));
        findings.forEach(finding -> lines.add(finding.severity() + ": " + finding.text()));
        return lines.stream().filter(said::add).toList();
    }

    private static void refused(List<String> lines, RoundPicture round) {
        for (ClientRoundPicture client : round.clients()) {
            client.refusals().forEach(refusal -> lines.add("round " + round.number() + ": update of "
                    + client.clientId() + " rejected, " + refusal.reason() + ": " + refusal.detail()));
        }
    }

    private static String aligned(AlignmentPicture aligned) {
        return String.format(Locale.ROOT, "emulator %d aligned in %d steps: L2 %.4f -> %.4f, KL %.4f -> %.4f",
                aligned.emulatorVersion(), aligned.steps(), aligned.before().l2(), aligned.after().l2(),
                aligned.before().kl(), aligned.after().kl());
    }

    private static String published(RoundPicture round) {
        String counted = round.clients().stream().filter(client -> client.verdict().isIn())
                .flatMap(client -> client.update().stream().map(update -> String.format(Locale.ROOT, "%s %.4f",
                        client.clientId(), update.meanLoss())))
                .collect(Collectors.joining(", "));
        return String.format(Locale.ROOT, "round %d took %s: adapter %s, loss %s", round.number(),
                Moments.span(round.publishedMillis() - round.openedMillis()),
                round.adapterSha256().substring(0, Math.min(HASH_DIGITS, round.adapterSha256().length())), counted);
    }

    private static String evaluated(EvaluationPicture evaluated) {
        Optional<EvaluationPicture.Score> product = evaluated.score(EvaluatedModel.ADAP_FU);
        Optional<EvaluationPicture.Score> raw = evaluated.score(EvaluatedModel.RAW_FULL);
        return String.format(Locale.ROOT, "adapter %d on the owner's evaluation set: NLL %s with it, %s without",
                evaluated.adapterVersion(), nll(product), nll(raw));
    }

    private static String nll(Optional<EvaluationPicture.Score> score) {
        return score.map(known -> String.format(Locale.ROOT, "%.4f", known.nll())).orElse("-");
    }
}
