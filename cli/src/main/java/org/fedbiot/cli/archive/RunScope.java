package org.fedbiot.cli.archive;

import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.cli.report.RunIds;
import org.fedbiot.schemas.event.ClientKeyRegistered;
import org.fedbiot.schemas.event.DeadLetter;
import org.fedbiot.schemas.event.RunDeleteRequested;
import org.fedbiot.schemas.event.RunDeleted;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;

/**
 * Which records are a run's: those that name it, dead letters of records with its key, and its clients' keys as the
 * decision log had them before the run's end. What says that its data was deleted is about the data, not of the run.
 *
 * @param endOffset of the run's end in the decision log
 */
record RunScope(String runId, Set<String> clients, long endOffset) {

    RunScope {
        clients = Set.copyOf(clients);
    }

    boolean holds(Topic topic, long offset, String key, SpecificRecord event) {
        if (event instanceof RunDeleted || event instanceof RunDeleteRequested) {
            return false;
        }
        if (event instanceof ClientKeyRegistered registered) {
            return topic.equals(Topics.DECISION) && offset < endOffset && clients.contains(registered.getClientId());
        }
        if (event instanceof DeadLetter letter) {
            return runId.equals(ofKey(letter.getKey()));
        }
        return runId.equals(RunIds.of(event));
    }

    /** The run that a record's key names, as keys of all topics but presence do. */
    static String ofKey(String key) {
        int end = key.indexOf('/');
        return end < 0 ? key : key.substring(0, end);
    }
}
