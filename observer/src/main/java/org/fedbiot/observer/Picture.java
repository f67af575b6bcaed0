package org.fedbiot.observer;

import java.util.List;
import java.util.Optional;

/**
 * All that the topics said up to some point. Times are epoch milliseconds of the log, 0 for what has not happened.
 *
 * @param runs in the order in which they were accepted; those that nobody has answered yet come last
 * @param clients by id
 * @param workers processes of the server side, by id
 * @param deadLetters the newest of each topic, oldest first
 * @param deadLetterCount of all, with those that are no longer kept
 * @param lastEventMillis time of the newest event
 */
public record Picture(
        List<RunPicture> runs,
        List<ClientPicture> clients,
        List<WorkerPicture> workers,
        List<DeadLetterPicture> deadLetters,
        long deadLetterCount,
        long lastEventMillis) {

    public Picture {
        runs = List.copyOf(runs);
        clients = List.copyOf(clients);
        workers = List.copyOf(workers);
        deadLetters = List.copyOf(deadLetters);
    }

    public Optional<RunPicture> run(String runId) {
        return runs.stream().filter(run -> run.runId().equals(runId)).findFirst();
    }

    public Optional<ClientPicture> client(String clientId) {
        return clients.stream().filter(client -> client.clientId().equals(clientId)).findFirst();
    }
}
