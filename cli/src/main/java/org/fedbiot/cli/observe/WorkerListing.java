package org.fedbiot.cli.observe;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.fedbiot.observer.ClientPicture;
import org.fedbiot.observer.ClientRoundPicture;
import org.fedbiot.observer.Picture;
import org.fedbiot.observer.RoundPicture;
import org.fedbiot.observer.TaskPicture;
import org.fedbiot.observer.WorkerPicture;

/**
 * A process that works, or said once that it does; the names of its JSON are public. A process that died without a word
 * is known by its last sign alone.
 *
 * @param role coordinator, aggregator, server-worker or client
 * @param state working, idle or left
 * @param run empty if it works at none
 * @param work the task, or the round that a client works at
 * @param lastSign ISO 8601
 */
public record WorkerListing(String id, String role, String state, String device, String version, String run,
        String work, int step, int steps, String lastSign) {

    /** The server's side first. */
    public static List<WorkerListing> of(Picture picture) {
        List<WorkerListing> all = new ArrayList<>();
        picture.workers().forEach(worker -> all.add(server(worker)));
        picture.clients().forEach(client -> all.add(client(picture, client)));
        return all;
    }

    private static WorkerListing server(WorkerPicture worker) {
        String sign = Moments.iso(Math.max(worker.startedMillis(), worker.lastSignMillis()));
        if (worker.work().isEmpty()) {
            return new WorkerListing(worker.id(), worker.role(), "idle", worker.device(), worker.version(), "", "", 0, 0,
                    sign);
        }
        TaskPicture task = worker.work().get().task();
        return new WorkerListing(worker.id(), worker.role(), "working", worker.device(), worker.version(),
                worker.work().get().runId(), task.taskId(), task.step(), task.steps(), sign);
    }

    private static WorkerListing client(Picture picture, ClientPicture client) {
        Optional<ClientRoundPicture.Progress> progress = picture.run(client.runId()).filter(run -> !run.isOver())
                .flatMap(run -> run.lastRound().filter(RoundPicture::isOpen))
                .flatMap(round -> round.awaited().stream()
                        .filter(awaited -> awaited.clientId().equals(client.clientId())).findFirst())
                .map(ClientRoundPicture::progress);
        String sign = Moments.iso(client.lastSignMillis());
        if (progress.isEmpty() || !client.there()) {
            return new WorkerListing(client.clientId(), "client", client.there() ? "idle" : "left", client.device(), "",
                    "", "", 0, 0, sign);
        }
        return new WorkerListing(client.clientId(), "client", "working", client.device(), "", client.runId(),
                "round " + client.round(), progress.get().step(), progress.get().steps(), sign);
    }

    /** @param nowMillis from which silence is counted */
    public static List<String> table(List<WorkerListing> workers, long nowMillis) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format("%-24s %-14s %-8s %-14s %-16s %s", "id", "role", "state", "device", "last sign",
                "work"));
        for (WorkerListing worker : workers) {
            String work = worker.work.isEmpty() ? "" : worker.run + " " + worker.work
                    + (worker.steps > 0 ? ", step " + worker.step + " of " + worker.steps : "");
            lines.add(String.format("%-24s %-14s %-8s %-14s %-16s %s", worker.id, worker.role, worker.state,
                    worker.device, worker.lastSign.isEmpty() ? "-"
                            : Moments.span(nowMillis - Instant.parse(worker.lastSign).toEpochMilli()) + " ago",
                    work).stripTrailing());
        }
        return lines;
    }
}
