package org.fedbiot.cli.report;

import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.RunSubmitted;

/** Which run an event belongs to. */
public final class RunIds {

    private RunIds() {
    }

    /** @return the event's run id, or the empty string for an event that belongs to no run */
    public static String of(SpecificRecord event) {
        if (event instanceof RunSubmitted submitted) {
            return submitted.getSpec().getRunId();
        }
        Schema.Field field = event.getSchema().getField("runId");
        return field == null ? "" : (String) event.get(field.pos());
    }
}
