package org.fedbiot.cli.observe;

import java.util.List;
import org.fedbiot.observer.Finding;
import org.fedbiot.observer.RunPhase;
import org.fedbiot.observer.RunPicture;
import org.fedbiot.schemas.event.RunOutcome;

/** What to do next, by what there is to see. */
final class Advice {

    private Advice() {
    }

    /** About one finding. */
    static String on(Finding finding, RunPicture run) {
        return switch (finding.kind()) {
            case RUN_FAILED -> run.rounds().isEmpty() ? "mend what the reason names and submit again"
                    : "mend what the reason names; fedbiot run fork " + run.runId() + " --at-round "
                            + run.rounds().get(run.rounds().size() - 1).number() + " goes on from there";
            case STUCK_CLIENT -> "look at the process and the log of " + finding.subject()
                    + "; started again it does the round again, and at the deadline the round goes on without it if the"
                    + " quorum is in";
            case REJECTED_UPDATE -> "fedbiot events tail --run " + run.runId() + " --topic update.verdict shows every"
                    + " verdict; it is not in the adapter, and the client is called again in the next round";
            case FAILED_CLIENT -> "the reason is the client's own; its log says more";
            case QUORUM_AT_RISK -> "bring clients back before the deadline, or cancel and submit with a lower"
                    + " federation.quorum";
            case OVERDUE_ROUND, UNANSWERED_SUBMIT -> "is a coordinator up? fedbiot coordinator";
            case TOO_FEW_CLIENTS -> "start the run's clients: fedbiot worker client; fedbiot worker list shows who is"
                    + " there";
            case STUCK_TASK -> "look at the process and the log of " + finding.subject()
                    + "; if it is gone, another server worker takes the task";
            case UNTAKEN_TASK -> "start a server worker: fedbiot worker server";
            case DEAD_LETTERS -> "fedbiot events tail --topic aggregator.deadletter --topic server.deadletter";
        };
    }

    /** About the whole run: of the worst finding, else of where the run stands. */
    static String next(RunPicture run, List<Finding> findings) {
        if (run.phase() == RunPhase.REFUSED) {
            return "mend what the reason names and submit again";
        }
        if (run.outcome() == RunOutcome.COMPLETED) {
            return run.archiveSha256().isEmpty() ? "fedbiot run export " + run.runId() + " --to DIR"
                    : "its payloads were deleted; fedbiot run restore FILE --dir DIR, of the archive with sha256 "
                            + run.archiveSha256();
        }
        return findings.stream().min((one, other) -> one.severity().compareTo(other.severity()))
                .map(finding -> on(finding, run))
                .orElse(run.isOver() ? "nothing; the run was cancelled" : "nothing; fedbiot run watch " + run.runId()
                        + " follows it");
    }
}
