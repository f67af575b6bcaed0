package org.fedbiot.observer;

/**
 * An owner of private text, whatever runs it takes part in.
 *
 * @param there whether it joined and has not left
 * @param joinedMillis the last time
 * @param device in its own words; empty if it never joined
 * @param leavingReason why it left; empty while it is there
 * @param lastSignMillis when it last said anything at all
 * @param runId that it last worked for, empty if none
 * @param round that it last worked at; 0 for the scores at a run's end
 */
public record ClientPicture(String clientId, boolean there, long joinedMillis, String device, int datasetSamples,
        int heldOutSamples, int skippedSamples, String leavingReason, long lastSignMillis, String runId, int round) {
}
