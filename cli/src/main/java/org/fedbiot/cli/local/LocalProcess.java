package org.fedbiot.cli.local;

/**
 * One process of a local cluster.
 *
 * @param name of its files: {@code NAME.yaml}, {@code NAME.env}, {@code NAME.log}
 * @param command of the command line, which takes the first of them
 * @param principal whom it logs in as
 */
public record LocalProcess(String name, String command, String principal) {

    /** Brokers know each other by a password of their own, and the passwords of all others. */
    static final String NODE = "";

    boolean isBroker() {
        return principal.equals(NODE);
    }
}
