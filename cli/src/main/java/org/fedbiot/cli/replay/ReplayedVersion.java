package org.fedbiot.cli.replay;

/**
 * An adapter version, then and now.
 *
 * @param round that it came of; 0 for version 0
 * @param clients whose updates it counts
 * @param then sha256 as the coordinator recorded it
 * @param now sha256 as folded again; null if it could not be
 */
record ReplayedVersion(int version, int round, int clients, String then, String now) {

    boolean isEqual() {
        return then.equals(now);
    }
}
