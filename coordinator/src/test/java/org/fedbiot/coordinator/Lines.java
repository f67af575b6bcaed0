package org.fedbiot.coordinator;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.CalledClient;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.DeadlineExtended;
import org.fedbiot.schemas.event.EvaluationOpened;
import org.fedbiot.schemas.event.ProgressSeen;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunRefused;
import org.fedbiot.schemas.event.ServerTaskAssigned;

/** Decisions as lines that a table can hold; an input that is copied is {@code +Name}. */
final class Lines {

    private static final Dispatch<Object, String> FORMS = new Dispatch<Object, String>()
            .on(ServerTaskAssigned.class, (none, e) -> e.getTaskId() + " round " + e.getRound()
                    + " a" + e.getAdapterVersion() + " e" + e.getEmulatorVersion())
            .on(RoundOpened.class, (none, e) -> "open " + e.getRound() + (e.getAttempt() == 1 ? ""
                    : " attempt " + e.getAttempt()) + " a" + e.getAdapterVersion() + " e"
                    + e.getEmulatorVersion() + " " + e.getCalled().stream().map(CalledClient::getClientId).toList()
                    + " until " + e.getDeadlineMillis())
            .on(ProgressSeen.class, (none, e) -> "moved " + e.getClientId() + " " + e.getStep() + "/"
                    + e.getShardsSent() + " at " + e.getSeenMillis())
            .on(DeadlineExtended.class, (none, e) -> "extend " + e.getRound() + " " + e.getWaitingFor() + " until "
                    + e.getDeadlineMillis())
            .on(RoundClosed.class, (none, e) -> "close " + e.getRound() + " a" + e.getAdapterVersion() + "->a"
                    + e.getNewAdapterVersion() + " " + e.getReason() + " " + e.getCounted().stream()
                    .map(CountedUpdate::getClientId).toList())
            .on(EvaluationOpened.class, (none, e) -> "score a" + e.getAdapterVersion() + " e" + e.getEmulatorVersion()
                    + " " + e.getClients() + " until " + e.getDeadlineMillis())
            .on(RunRefused.class, (none, e) -> "refused")
            .on(RunEnded.class, (none, e) -> "ended " + e.getOutcome() + " a" + e.getAdapterVersion());

    private Lines() {
    }

    static String of(List<SpecificRecord> decisions) {
        return decisions.stream()
                .map(event -> FORMS.apply("", event).orElse("+" + event.getSchema().getName()))
                .collect(Collectors.joining(", "));
    }
}
