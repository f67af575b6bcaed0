package org.fedbiot.aggregator.stream;

import java.util.Optional;
import org.fedbiot.aggregator.ClosedRound;
import org.fedbiot.schemas.event.RoundClosed;

/** The closes of runs that go on. */
final class Closes {

    private final RunStore index;
    private final ControlEvents control;

    Closes(RunStore index, ControlEvents control) {
        this.index = index;
        this.control = control;
    }

    boolean has(String runId, int round) {
        return index.has(key(runId, round));
    }

    /**
     * @param record with the event, as it came
     * @return the event, checked
     * @throws UnfitVersionException if it cannot be folded by; nothing is kept then
     */
    ClosedRound put(RoundClosed event, byte[] record) {
        ClosedRound closed;
        try {
            closed = checked(event);
        } catch (UnusableRecordException e) {
            throw new UnfitVersionException(event.getRunId(), event.getNewAdapterVersion(), event.getRound(), e);
        }
        control.put(key(event.getRunId(), event.getRound()), record);
        return closed;
    }

    Optional<ClosedRound> get(String runId, int round) {
        return control.get(key(runId, round)).map(RoundClosed.class::cast).map(Closes::checked);
    }

    private static ClosedRound checked(RoundClosed event) {
        try {
            return ClosedRound.of(event);
        } catch (IllegalArgumentException e) {
            throw new UnusableRecordException("run " + event.getRunId() + " round " + event.getRound()
                    + " cannot be folded: " + e.getMessage(), e);
        }
    }

    private static String key(String runId, int round) {
        return RunStore.key(runId, "close", round);
    }
}
