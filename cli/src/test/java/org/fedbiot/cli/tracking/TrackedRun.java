package org.fedbiot.cli.tracking;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.fedbiot.observer.AlignmentPicture;
import org.fedbiot.observer.AttemptPicture;
import org.fedbiot.observer.ClientRoundPicture;
import org.fedbiot.observer.EvaluationPicture;
import org.fedbiot.observer.RoundPicture;
import org.fedbiot.observer.RunPhase;
import org.fedbiot.observer.RunPicture;
import org.fedbiot.observer.SpecSummary;
import org.fedbiot.observer.Traffic;
import org.fedbiot.observer.Verdict;
import org.fedbiot.schemas.event.AggregationRule;
import org.fedbiot.schemas.event.CloseReason;
import org.fedbiot.schemas.event.DataType;
import org.fedbiot.schemas.event.EvaluatedModel;
import org.fedbiot.schemas.event.RunOutcome;

/** Pictures of a run with one client, a round every minute, as they would be while it goes on. */
final class TrackedRun {

    static final String RUN = "run-1";
    static final long START = 1_764_000_000_000L;
    private static final long ROUND_MILLIS = 60_000;

    private TrackedRun() {
    }

    /** After so many rounds, each of which halves the loss. */
    static RunPicture after(int rounds) {
        return run(rounds, RunOutcome.UNKNOWN);
    }

    static RunPicture ended(int rounds, RunOutcome outcome) {
        return run(rounds, outcome);
    }

    /** The last round is closed, and its client has not said yet what it cost. */
    static RunPicture beforeTheReport(int rounds) {
        RunPicture run = after(rounds);
        List<RoundPicture> all = new ArrayList<>(run.rounds());
        all.set(rounds - 1, round(rounds, Optional.empty()));
        return with(run, all);
    }

    private static RunPicture run(int rounds, RunOutcome outcome) {
        List<RoundPicture> closed = new ArrayList<>();
        for (int number = 1; number <= rounds; number++) {
            closed.add(round(number, Optional.of(new ClientRoundPicture.ReportPicture(100, 2_000, 0, 0, 0, 5))));
        }
        boolean over = outcome != RunOutcome.UNKNOWN;
        AlignmentPicture.Losses before = new AlignmentPicture.Losses(2, 1, 3);
        AlignmentPicture.Losses after = new AlignmentPicture.Losses(0.5, 0.25, 0.75);
        return new RunPicture(RUN, over ? RunPhase.ENDED : RunPhase.ROUND_OPEN, START, Optional.of(spec()), START,
                START,
                over ? START + (rounds + 1) * ROUND_MILLIS : 0, outcome, "", rounds, "", Optional.empty(),
                new RunPicture.Exposure(List.of(), 0), Optional.empty(), closed, List.of(),
                List.of(new AlignmentPicture(0, 0, 0, START + 1_000, 5, before, after)),
                List.of(new EvaluationPicture(0, 0, 0, START + 2_000, List.of(new EvaluationPicture.Score(
                        EvaluatedModel.ADAP_FU, 1.5, Math.exp(1.5), OptionalDouble.empty(), 4, 0, 40,
                        OptionalDouble.empty(), 0)))),
                Optional.empty(), Traffic.NONE, "");
    }

    private static RoundPicture round(int number, Optional<ClientRoundPicture.ReportPicture> report) {
        long opened = START + number * ROUND_MILLIS;
        long closed = opened + 20_000;
        double loss = Math.pow(0.5, number);
        ClientRoundPicture client = new ClientRoundPicture("anna", true, Verdict.COUNTED, "", opened,
                new ClientRoundPicture.Progress(4, 4, loss, 1, 1), closed + 500, 0,
                Optional.of(new ClientRoundPicture.UpdatePicture(closed, 10, 10, 1, loss, 2 * loss, loss, 10)),
                List.of(), report);
        return new RoundPicture(number, number - 1, 0, 1,
                List.of(new AttemptPicture(1, opened, List.of("anna", "ben"), opened + 30_000, List.of(), 0)),
                List.of(client), closed, CloseReason.DEADLINE, number, "", closed + 100, OptionalDouble.of(loss),
                report.isPresent() ? new Traffic(100, 2_000, 0, 0, 0) : Traffic.NONE, false);
    }

    private static RunPicture with(RunPicture run, List<RoundPicture> rounds) {
        return new RunPicture(run.runId(), run.phase(), run.phaseSinceMillis(), run.spec(), run.submittedMillis(),
                run.acceptedMillis(), run.endedMillis(), run.outcome(), run.reason(), run.adapterVersion(),
                run.adapterSha256(), run.cut(), run.exposure(), run.export(), rounds, run.tasks(), run.alignments(),
                run.evaluations(), run.scoring(), run.traffic(), run.archiveSha256());
    }

    private static SpecSummary spec() {
        return new SpecSummary("tiny", DataType.FLOAT32, 12, 400, List.of(0, 2), List.of(10, 11), 8, 16,
                List.of("q", "v"), 3, 4, 1e-3, 5, List.of("anna", "ben"), 0, 1, 30_000, 0, AggregationRule.MEAN, 0, 7, "");
    }
}
