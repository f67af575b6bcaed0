package org.fedbiot.coordinator;

import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.fedbiot.schemas.event.ClientEvaluated;
import org.fedbiot.schemas.event.ClientFailed;
import org.fedbiot.schemas.event.EvaluationOpened;

/**
 * The clients' scores on their own text, at the versions that are exported. The run's end waits for the clients that
 * are there, until the deadline; a score that comes later is recorded all the same.
 *
 * @param scores by client
 * @param failed clients that said they cannot score
 * @param expired whether the deadline has passed
 */
public record ClientScoring(
        EvaluationOpened opened,
        Index<ClientEvaluated> scores,
        Index<ClientFailed> failed,
        boolean expired) {

    static ClientScoring open(EvaluationOpened opened) {
        return new ClientScoring(opened, Index.empty(), Index.empty(), false);
    }

    /** Whether this client was asked and has neither scored nor said that it cannot. */
    boolean lacks(String clientId) {
        return opened.getClients().contains(clientId) && !scores.contains(clientId) && !failed.contains(clientId);
    }

    /**
     * The clients that the run's end still waits for.
     *
     * @param present clients that are there
     */
    public SortedSet<String> awaited(Set<String> present) {
        SortedSet<String> awaited = new TreeSet<>();
        if (!expired) {
            opened.getClients().stream().filter(client -> lacks(client) && present.contains(client))
                    .forEach(awaited::add);
        }
        return awaited;
    }

    ClientScoring with(ClientEvaluated score) {
        return new ClientScoring(opened, scores.with(score.getClientId(), score), failed, expired);
    }

    ClientScoring with(ClientFailed failure) {
        return new ClientScoring(opened, scores, failed.with(failure.getClientId(), failure), expired);
    }

    ClientScoring expire() {
        return new ClientScoring(opened, scores, failed, true);
    }
}
