package org.fedbiot.observer;

import org.fedbiot.schemas.event.ClientJoined;

/** Facts about a client: the decision log says whether it is there, its own words when it was last heard of. */
final class ClientFold {

    private final String clientId;
    // From the decision log.
    private ClientJoined joined;
    private long joinedMillis;
    private boolean there;
    private String leavingReason = "";
    // From presence.
    private long lastSignMillis;
    private String runId = "";
    private int round;

    ClientFold(String clientId) {
        this.clientId = clientId;
    }

    void joined(ClientJoined event, long atMillis) {
        joined = event;
        joinedMillis = atMillis;
        there = true;
        leavingReason = "";
    }

    void left(String reason) {
        there = false;
        leavingReason = reason;
    }

    void sign(long atMillis) {
        lastSignMillis = Math.max(lastSignMillis, atMillis);
    }

    void worked(String forRun, int atRound) {
        runId = forRun;
        round = atRound;
    }

    ClientPicture picture() {
        return new ClientPicture(clientId, there, joinedMillis, joined == null ? "" : joined.getDevice(),
                joined == null ? 0 : joined.getDatasetSamples(), joined == null ? 0 : joined.getHeldOutSamples(),
                joined == null ? 0 : joined.getSkippedSamples(), leavingReason, lastSignMillis, runId, round);
    }
}
