package org.fedbiot.observer;

import java.util.Collection;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.ClientEvaluated;
import org.fedbiot.schemas.event.ClientFailed;
import org.fedbiot.schemas.event.ClientJoined;
import org.fedbiot.schemas.event.ClientLeaving;
import org.fedbiot.schemas.event.DeadlineExtended;
import org.fedbiot.schemas.event.DeadlineReached;
import org.fedbiot.schemas.event.EvaluationOpened;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunAccepted;
import org.fedbiot.schemas.event.RunDeleted;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunRefused;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.ServerTaskFailed;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateRejected;

/** What each event of the decision log says of runs, clients and workers. */
final class DecisionFold {

    /** The round that failures and deadlines of the clients' scoring name. */
    private static final int SCORING = 0;

    private final Function<String, RunFold> runs;
    private final Function<String, ClientFold> clients;
    private final Function<String, WorkerFold> workers;
    private final Supplier<Collection<RunFold>> allRuns;

    DecisionFold(Function<String, RunFold> runs, Function<String, ClientFold> clients,
            Function<String, WorkerFold> workers, Supplier<Collection<RunFold>> allRuns) {
        this.runs = runs;
        this.clients = clients;
        this.workers = workers;
        this.allRuns = allRuns;
    }

    void add(LoggedEvent logged) {
        long at = logged.timestampMillis();
        SpecificRecord event = logged.event();
        if (event instanceof RunAccepted accepted) {
            run(accepted.getRunId()).accepted(accepted, logged.offset(), at);
        } else if (event instanceof RunRefused refused) {
            run(refused.getRunId()).refused(refused, logged.offset(), at);
        } else if (event instanceof RunEnded ended) {
            run(ended.getRunId()).ended(ended, at);
        } else if (event instanceof RunDeleted deleted) {
            run(deleted.getRunId()).deleted(deleted.getArchiveSha256());
        } else if (event instanceof ServerTaskAssigned task) {
            run(task.getRunId()).assigned(task, logged.offset(), at);
        } else if (event instanceof ServerTaskCompleted task) {
            workers.apply(task.getWorker()).sign(at);
            run(task.getRunId()).completed(task, at);
        } else if (event instanceof ServerTaskFailed task) {
            workers.apply(task.getWorker()).sign(at);
            run(task.getRunId()).task(task.getTaskId()).failed(task, at);
        } else if (event instanceof EvaluationOpened opened) {
            run(opened.getRunId()).scoringOpened(opened, at);
        } else if (event instanceof ClientEvaluated scored) {
            run(scored.getRunId()).scored(scored);
        } else if (event instanceof ClientJoined joined) {
            clients.apply(joined.getClientId()).joined(joined, at);
            allRuns.get().forEach(run -> run.joined(joined.getClientId()));
        } else if (event instanceof ClientLeaving leaving) {
            clients.apply(leaving.getClientId()).left(leaving.getReason());
            allRuns.get().forEach(run -> run.left(leaving.getClientId(), leaving.getReason()));
        } else {
            round(event, at);
        }
    }

    private void round(SpecificRecord event, long at) {
        if (event instanceof RoundOpened opened) {
            run(opened.getRunId()).opened(opened, at);
        } else if (event instanceof UpdateAccepted update) {
            run(update.getRunId()).round(update.getRound()).on(update.getClientId(),
                    client -> client.accepted(update, at));
        } else if (event instanceof UpdateRejected update) {
            boolean late = update.getReason() == RejectReason.LATE;
            run(update.getRunId()).round(update.getRound()).on(update.getClientId(), client -> client.lost(
                    late ? Verdict.LATE : Verdict.REJECTED,
                    late ? update.getDetail() : update.getReason() + ": " + update.getDetail()));
        } else if (event instanceof ClientFailed failed && failed.getRound() == SCORING) {
            run(failed.getRunId()).scoringFailed(failed.getClientId(), failed.getReason());
        } else if (event instanceof ClientFailed failed) {
            run(failed.getRunId()).round(failed.getRound()).on(failed.getClientId(),
                    client -> client.lost(Verdict.FAILED, failed.getReason()));
        } else if (event instanceof DeadlineExtended extended) {
            run(extended.getRunId()).round(extended.getRound()).extended(extended, at);
        } else if (event instanceof DeadlineReached reached && reached.getRound() != SCORING) {
            run(reached.getRunId()).round(reached.getRound()).deadlineReached(at);
        } else if (event instanceof RoundClosed closed) {
            run(closed.getRunId()).closed(closed, at);
        } else if (event instanceof AdapterPublished published) {
            run(published.getRunId()).published(published, at);
        }
    }

    private RunFold run(String runId) {
        return runs.apply(runId);
    }
}
