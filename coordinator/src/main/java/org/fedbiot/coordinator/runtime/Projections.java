package org.fedbiot.coordinator.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.EvaluationOpened;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunAccepted;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;

/** Where a decision goes: into the log, and to those who act on it without reading all of the log. */
final class Projections {

    private Projections() {
    }

    /** The decision log first. */
    static List<Outgoing> of(SpecificRecord decision) {
        List<Outgoing> targets = new ArrayList<>();
        targets.add(Outgoing.to(Topics.DECISION, owner(decision)));
        if (decision instanceof ServerTaskAssigned task) {
            String key = EventKeys.task(task.getRunId(), task.getTaskId());
            targets.add(Outgoing.to(Topics.SERVER_TASK, key));
            targets.add(Outgoing.to(Topics.SERVER_QUEUE, key));
        } else if (decision instanceof RunAccepted accepted) {
            targets.addAll(everyPartition(Topics.AGGREGATION_CONTROL, EventKeys.run(accepted.getRunId())));
        } else if (decision instanceof RoundOpened opened) {
            String key = EventKeys.round(opened.getRunId(), opened.getRound());
            targets.add(Outgoing.to(Topics.ROUND_ANNOUNCE, key));
            targets.addAll(everyPartition(Topics.AGGREGATION_CONTROL, key));
        } else if (decision instanceof RoundClosed closed) {
            targets.addAll(everyPartition(Topics.AGGREGATION_CONTROL,
                    EventKeys.round(closed.getRunId(), closed.getRound())));
        } else if (decision instanceof EvaluationOpened opened) {
            targets.add(Outgoing.to(Topics.ROUND_ANNOUNCE, EventKeys.run(opened.getRunId())));
        } else if (decision instanceof RunEnded ended) {
            String key = EventKeys.run(ended.getRunId());
            targets.add(Outgoing.to(Topics.ROUND_ANNOUNCE, key));
            targets.addAll(everyPartition(Topics.AGGREGATION_CONTROL, key));
        }
        return targets;
    }

    private static List<Outgoing> everyPartition(Topic topic, String key) {
        List<Outgoing> targets = new ArrayList<>();
        for (int partition = 0; partition < topic.partitions(); partition++) {
            targets.add(new Outgoing(topic, Optional.of(partition), key));
        }
        return targets;
    }

    /** The run, or the client where an event is about a client of any run. */
    private static String owner(SpecificRecord decision) {
        Schema.Field field = decision.getSchema().getField("runId");
        return decision.get((field == null ? decision.getSchema().getField("clientId") : field).pos()).toString();
    }
}
