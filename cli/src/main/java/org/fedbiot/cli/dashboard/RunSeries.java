package org.fedbiot.cli.dashboard;

import static org.fedbiot.cli.dashboard.PageJson.array;
import static org.fedbiot.cli.dashboard.PageJson.number;
import static org.fedbiot.cli.dashboard.PageJson.object;
import static org.fedbiot.cli.dashboard.PageJson.texts;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.fedbiot.observer.AlignmentPicture;
import org.fedbiot.observer.ClientRoundPicture;
import org.fedbiot.observer.EvaluationPicture;
import org.fedbiot.observer.RoundPicture;
import org.fedbiot.observer.RunPicture;
import org.fedbiot.observer.Verdict;
import org.fedbiot.schemas.event.EvaluatedModel;

/**
 * What of a run grows with its rounds. A round is one short line, one letter for each client, so that hundreds of
 * rounds of dozens of clients are some tens of kilobytes; only lines that changed are sent again.
 */
final class RunSeries {

    private static final List<EvaluatedModel> MODELS = List.of(EvaluatedModel.RAW_FULL,
            EvaluatedModel.RAW_COMPRESSED, EvaluatedModel.ADAP_EMU, EvaluatedModel.ADAP_FU);

    private static final char NOT_CALLED = '.';

    private RunSeries() {
    }

    /**
     * What has changed since an earlier picture of the same run.
     *
     * @param before empty to get all
     */
    static ObjectNode since(Optional<RunPicture> before, RunPicture run) {
        List<String> names = names(run);
        boolean all = before.isEmpty() || !names(before.get()).equals(names);
        ObjectNode node = object();
        if (all) {
            node.set("names", texts(names));
        }
        List<RoundPicture> rounds = added(all ? List.of() : before.get().rounds(), run.rounds());
        if (!rounds.isEmpty()) {
            node.set("rounds", array(rounds, round -> round(round, names)));
        }
        List<AlignmentPicture> alignments = added(all ? List.of() : before.get().alignments(), run.alignments());
        if (!alignments.isEmpty()) {
            node.set("alignments", array(alignments, RunSeries::alignment));
        }
        List<EvaluationPicture> evaluations = added(all ? List.of() : before.get().evaluations(), run.evaluations());
        if (!evaluations.isEmpty()) {
            node.set("evaluations", array(evaluations, RunSeries::evaluation));
        }
        return node;
    }

    /** Pictures of what has not changed are the same objects. */
    private static <T> List<T> added(List<T> before, List<T> after) {
        Set<T> known = Collections.newSetFromMap(new IdentityHashMap<>());
        known.addAll(before);
        return after.stream().filter(item -> !known.contains(item)).toList();
    }

    /** The run's clients, then others from whom something came, in the order of rounds. */
    private static List<String> names(RunPicture run) {
        Set<String> names = new LinkedHashSet<>(run.spec().map(spec -> spec.clients()).orElse(List.of()));
        run.rounds().forEach(round -> round.clients().forEach(client -> names.add(client.clientId())));
        return List.copyOf(names);
    }

    private static ArrayNode round(RoundPicture round, List<String> names) {
        Map<String, Verdict> byName = round.clients().stream()
                .collect(Collectors.toMap(ClientRoundPicture::clientId, ClientRoundPicture::verdict));
        StringBuilder verdicts = new StringBuilder();
        names.forEach(name -> verdicts.append(byName.containsKey(name) ? letter(byName.get(name)) : NOT_CALLED));
        return array().add(round.number()).add(round.openedMillis()).add(round.closedMillis())
                .add(round.publishedMillis()).add(round.abandoned() ? "ABANDONED" : round.closeReason().name())
                .add(round.attempts().size()).add(round.quorum()).add(number(round.trainingLoss()))
                .add(round.traffic().up()).add(round.traffic().down()).add(round.traffic().wholeUp())
                .add(round.traffic().wholeDown()).add(verdicts.toString());
    }

    static char letter(Verdict verdict) {
        return switch (verdict) {
            case CALLED -> 'c';
            case TRAINING -> 't';
            case SENDING -> 's';
            case ACCEPTED -> 'a';
            case COUNTED -> 'k';
            case REJECTED -> 'r';
            case LATE -> 'l';
            case FAILED -> 'f';
            case LEFT -> 'e';
            case MISSING -> 'm';
        };
    }

    private static ArrayNode alignment(AlignmentPicture alignment) {
        return array().add(alignment.emulatorVersion()).add(alignment.round())
                .add(number(alignment.before().l2())).add(number(alignment.before().kl()))
                .add(number(alignment.before().loss())).add(number(alignment.after().l2()))
                .add(number(alignment.after().kl())).add(number(alignment.after().loss()));
    }

    private static ArrayNode evaluation(EvaluationPicture evaluation) {
        ArrayNode node = array().add(evaluation.round()).add(evaluation.adapterVersion())
                .add(evaluation.emulatorVersion());
        for (EvaluatedModel model : MODELS) {
            Optional<EvaluationPicture.Score> score = evaluation.score(model);
            node.add(number(score.map(EvaluationPicture.Score::nll).orElse(Double.NaN)));
            node.add(number(score.map(found -> found.exactMatch().orElse(Double.NaN)).orElse(Double.NaN)));
        }
        return node;
    }
}
