package org.fedbiot.observer;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.fedbiot.schemas.event.CloseReason;

/**
 * One round, over all its attempts.
 *
 * @param attempts in order; at least one
 * @param clients everyone who was called or from whom an update came, by id
 * @param closeReason {@code UNKNOWN} while it is not closed
 * @param newAdapterVersion what the round makes, -1 while it is not closed
 * @param adapterSha256 of that version, empty while it is not published
 * @param trainingLoss mean of the counted updates' losses by their weights; empty while the round is not closed, or
 *     where none counts
 * @param abandoned whether the run ended while the round was open
 */
public record RoundPicture(
        int number,
        int adapterVersion,
        int emulatorVersion,
        int quorum,
        List<AttemptPicture> attempts,
        List<ClientRoundPicture> clients,
        long closedMillis,
        CloseReason closeReason,
        int newAdapterVersion,
        String adapterSha256,
        long publishedMillis,
        OptionalDouble trainingLoss,
        Traffic traffic,
        boolean abandoned) {

    public RoundPicture {
        attempts = List.copyOf(attempts);
        clients = List.copyOf(clients);
        if (attempts.isEmpty()) {
            throw new IllegalArgumentException("round " + number + " was never opened");
        }
    }

    public boolean isOpen() {
        return closedMillis == 0 && !abandoned;
    }

    public long openedMillis() {
        return attempts.get(0).openedMillis();
    }

    /** The attempt that counts now. */
    public AttemptPicture attempt() {
        return attempts.get(attempts.size() - 1);
    }

    /** Updates that count, or will when the round closes. */
    public int accepted() {
        return (int) clients.stream().filter(client -> client.verdict().isIn()).count();
    }

    /** Clients that the round still waits for. */
    public List<ClientRoundPicture> awaited() {
        return isOpen() ? clients.stream().filter(client -> client.called() && client.verdict().isAwaited()).toList()
                : List.of();
    }

    /**
     * How many of the clients that are still waited for may fail before the quorum is out of reach; below 0 it is out
     * of reach in this attempt. Of a closed round, by how many updates it went beyond the quorum.
     */
    public int quorumMargin() {
        return accepted() + awaited().size() - quorum;
    }

    public Optional<ClientRoundPicture> client(String clientId) {
        return clients.stream().filter(client -> client.clientId().equals(clientId)).findFirst();
    }
}
