package org.fedbiot.cli.archive;

import java.util.List;

/**
 * What a deletion left of a topic.
 *
 * @param freedRecords of all deleted runs that went, and of runs that nobody knows
 * @param freedBytes keys and values of those
 * @param staysRecords of the deleted run that stay: each lies behind a record of a run that is kept
 * @param keptBy every kept run with a record before one of those; they stay until all of these are deleted
 */
public record FreedTopic(String topic, long freedRecords, long freedBytes, long staysRecords, long staysBytes,
        List<String> keptBy) {
}
