package org.fedbiot.worker.client;

import org.fedbiot.schemas.event.RoundOpened;

/** A round that a client leaves out since the run's simulated links have it out of reach. */
final class LostContactException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LostContactException(RoundOpened round) {
        super("simulated loss of contact: by the run's links this client is out of reach in round %d, attempt %d"
                .formatted(round.getRound(), round.getAttempt()));
    }
}
