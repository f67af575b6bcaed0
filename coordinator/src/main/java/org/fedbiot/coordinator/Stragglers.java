package org.fedbiot.coordinator;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.fedbiot.schemas.event.CalledClient;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.UpdateRejected;
import org.fedbiot.schemas.wire.EventKeys;

/**
 * Updates that came after their round had closed: recorded, never counted.
 *
 * @param missing clients that a round was closed without, by run, round and client, until something comes of them
 * @param late what came of them, in the order it came
 */
public record Stragglers(Index<String> missing, List<UpdateRejected> late) {

    public Stragglers {
        Objects.requireNonNull(missing, "missing");
        late = List.copyOf(late);
    }

    static Stragglers none() {
        return new Stragglers(Index.empty(), List.of());
    }

    /** Whether a late update of this client is news. */
    boolean misses(String runId, int round, String clientId) {
        return missing.contains(EventKeys.client(runId, round, clientId));
    }

    Stragglers with(Phase.RoundOpen round, RoundClosed closed) {
        List<String> absent = new ArrayList<>(round.failed().ids());
        round.opened().getCalled().stream().map(CalledClient::getClientId)
                .filter(client -> !absent.contains(client) && !round.accepted().contains(client))
                .forEach(absent::add);
        Index<String> all = missing;
        for (String client : absent) {
            all = all.with(EventKeys.client(closed.getRunId(), closed.getRound(), client), client);
        }
        return new Stragglers(all, late);
    }

    Stragglers with(UpdateRejected update) {
        List<UpdateRejected> longer = new ArrayList<>(late);
        longer.add(update);
        return new Stragglers(missing.without(
                EventKeys.client(update.getRunId(), update.getRound(), update.getClientId())), longer);
    }
}
