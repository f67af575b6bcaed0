package org.fedbiot.observer;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.ClientEvaluated;
import org.fedbiot.schemas.event.ClientFailed;
import org.fedbiot.schemas.event.ClientJoined;
import org.fedbiot.schemas.event.ClientLeaving;
import org.fedbiot.schemas.event.ClientProgressed;
import org.fedbiot.schemas.event.ClientReported;
import org.fedbiot.schemas.event.DeadLetter;
import org.fedbiot.schemas.event.ProcessStarted;
import org.fedbiot.schemas.event.RunSubmitted;
import org.fedbiot.schemas.event.ServerTaskProgressed;
import org.fedbiot.schemas.event.UpdateRejected;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;

/**
 * Folds events into a {@link Picture}. Topics are read side by side, so every fact has one topic that tells it, and
 * whatever the order in which topics come, the same events give the same picture, as long as each partition keeps its
 * own order. Pictures of what has not changed are kept, so that one more event is cheap however long a run is. Not
 * thread-safe; pictures are.
 */
public final class PictureFold {

    /** What the picture is made of: control events only, no payload. All have one partition. */
    public static final List<Topic> TOPICS = List.of(Topics.COMMAND, Topics.DECISION, Topics.UPDATE_VERDICT,
            Topics.CLIENT_PRESENCE, Topics.PROCESS_STATUS, Topics.AGGREGATOR_DEAD_LETTER, Topics.SERVER_DEAD_LETTER);

    private static final String SERVER_WORKER = "server-worker";
    /** Server workers name their process so; in tasks they are known by the rest. */
    private static final String SERVER_PROCESS = "server-";

    private final TreeMap<String, RunFold> runs = new TreeMap<>();
    private final TreeMap<String, ClientFold> clients = new TreeMap<>();
    private final TreeMap<String, WorkerFold> workers = new TreeMap<>();
    private final DeadLetterFold deadLetters = new DeadLetterFold();
    private final DecisionFold decisions = new DecisionFold(this::run, this::client, this::worker, runs::values);
    private long lastEventMillis;
    private long lastVerdictMillis;
    private long lastDecisionMillis;

    /** Takes an event of one of {@link #TOPICS}; any other is passed over. */
    public void add(LoggedEvent logged) {
        long at = logged.timestampMillis();
        lastEventMillis = Math.max(lastEventMillis, at);
        if (logged.topic().equals(Topics.DECISION.name())) {
            lastDecisionMillis = Math.max(lastDecisionMillis, at);
            decisions.add(logged);
        } else if (logged.topic().equals(Topics.CLIENT_PRESENCE.name())) {
            presence(logged.event(), at);
        } else if (logged.topic().equals(Topics.UPDATE_VERDICT.name())) {
            lastVerdictMillis = Math.max(lastVerdictMillis, at);
            if (logged.event() instanceof UpdateRejected rejected) {
                run(rejected.getRunId()).round(rejected.getRound()).on(rejected.getClientId(),
                        client -> client.refused(rejected, at));
            }
        } else if (logged.topic().equals(Topics.PROCESS_STATUS.name())) {
            status(logged.event(), at);
        } else if (logged.topic().equals(Topics.COMMAND.name())) {
            if (logged.event() instanceof RunSubmitted submitted) {
                run(submitted.getSpec().getRunId()).submitted(submitted.getSpec(), logged.offset(), at);
            }
        } else if (logged.event() instanceof DeadLetter letter) {
            deadLetters.add(logged.topic() + "/" + logged.partition(), DeadLetterPicture.of(letter, at));
        }
    }

    /** Takes down a record that is none of our events, so that whoever looks sees that something lies there. */
    public void undecodable(DeadLetter letter, long atMillis) {
        deadLetters.add("undecodable " + letter.getOriginTopic() + "/" + letter.getOriginPartition(),
                DeadLetterPicture.of(letter, atMillis));
    }

    private void presence(SpecificRecord event, long at) {
        if (event instanceof ClientJoined joined) {
            client(joined.getClientId()).sign(at);
        } else if (event instanceof ClientLeaving leaving) {
            client(leaving.getClientId()).sign(at);
        } else if (event instanceof ClientProgressed step) {
            worked(step.getClientId(), step.getRunId(), step.getRound(), at);
            run(step.getRunId()).round(step.getRound()).on(step.getClientId(), client -> client.progressed(step, at));
        } else if (event instanceof ClientReported report) {
            worked(report.getClientId(), report.getRunId(), report.getRound(), at);
            run(report.getRunId()).reported(report, at);
        } else if (event instanceof ClientFailed failed) {
            worked(failed.getClientId(), failed.getRunId(), failed.getRound(), at);
            if (failed.getRound() > 0) {
                run(failed.getRunId()).round(failed.getRound()).on(failed.getClientId(), client -> client.sign(at));
            }
        } else if (event instanceof ClientEvaluated scored) {
            worked(scored.getClientId(), scored.getRunId(), 0, at);
        }
    }

    private void worked(String clientId, String runId, int round, long at) {
        ClientFold client = client(clientId);
        client.sign(at);
        client.worked(runId, round);
    }

    private void status(SpecificRecord event, long at) {
        if (event instanceof ProcessStarted started) {
            boolean prefixed = started.getRole().equals(SERVER_WORKER)
                    && started.getProcess().startsWith(SERVER_PROCESS);
            worker(prefixed ? started.getProcess().substring(SERVER_PROCESS.length()) : started.getProcess())
                    .started(started, at);
        } else if (event instanceof ServerTaskProgressed step) {
            worker(step.getWorker()).works(step.getRunId(), step.getTaskId(), at);
            run(step.getRunId()).task(step.getTaskId()).progressed(step, at);
        }
    }

    private RunFold run(String runId) {
        return runs.computeIfAbsent(runId, RunFold::new);
    }

    private ClientFold client(String clientId) {
        return clients.computeIfAbsent(clientId, ClientFold::new);
    }

    private WorkerFold worker(String id) {
        return workers.computeIfAbsent(id, WorkerFold::new);
    }

    /** All that was added so far. */
    public Picture picture() {
        List<RunPicture> known = runs.values().stream().filter(RunFold::isKnown).sorted(RunFold.inOrder())
                .map(RunFold::picture).toList();
        return new Picture(known, clients.values().stream().map(ClientFold::picture).toList(),
                workers.entrySet().stream().map(entry -> picture(entry.getKey(), entry.getValue()))
                        .sorted(Comparator.comparing(WorkerPicture::id)).toList(),
                deadLetters.pictures(), deadLetters.count(), lastEventMillis);
    }

    private WorkerPicture picture(String id, WorkerFold worker) {
        return worker.picture(work(id, worker), switch (worker.role()) {
            case "coordinator" -> lastDecisionMillis;
            case "aggregator" -> lastVerdictMillis;
            default -> 0;
        });
    }

    private Optional<WorkerPicture.Work> work(String id, WorkerFold worker) {
        return Optional.ofNullable(runs.get(worker.runId())).filter(RunFold::isKnown).map(RunFold::picture)
                .filter(run -> !run.isOver())
                .flatMap(run -> run.tasks().stream()
                        .filter(task -> task.taskId().equals(worker.taskId()) && !task.isSettled()
                                && task.worker().equals(id))
                        .findFirst()
                        .map(task -> new WorkerPicture.Work(run.runId(), task)));
    }
}
