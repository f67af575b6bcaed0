package org.fedbiot.cli.replay;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.UpdateAccepted;

/**
 * A round as the decision log tells it.
 *
 * @param openings every time it was opened, in order: the updates of all of them may count
 * @param accepted updates that had passed screening when the round closed, by client
 * @param published the version that came of it; empty while it is being folded
 */
record RoundHistory(
        List<RoundOpened> openings,
        Map<String, UpdateAccepted> accepted,
        Located<RoundClosed> closed,
        Optional<AdapterPublished> published) {

    RoundHistory {
        openings = List.copyOf(openings);
        if (openings.isEmpty()) {
            throw new IllegalArgumentException("a round that was closed was opened before");
        }
        accepted = Map.copyOf(accepted);
        Objects.requireNonNull(closed, "closed");
        Objects.requireNonNull(published, "published");
    }

    int number() {
        return closed.event().getRound();
    }

    /** The last opening: all of them stand on the same versions. */
    RoundOpened opened() {
        return openings.get(openings.size() - 1);
    }

    /** Openings that called a client, each with the key that its update must be signed with. */
    List<RoundOpened> openingsFor(String clientId) {
        List<RoundOpened> calling = openings.stream().filter(opening -> opening.getCalled().stream()
                .anyMatch(called -> called.getClientId().equals(clientId))).toList();
        return calling.isEmpty() ? List.of(opened()) : calling;
    }

    RoundHistory with(AdapterPublished version) {
        return new RoundHistory(openings, accepted, closed, Optional.of(version));
    }
}
