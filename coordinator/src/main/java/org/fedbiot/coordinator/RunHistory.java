package org.fedbiot.coordinator;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.fedbiot.schemas.event.RunDeleted;

/**
 * What is kept of a run for those who come back to it.
 *
 * @param starts of its rounds, in order
 * @param deleted that its payloads may be gone
 */
public record RunHistory(List<RoundStart> starts, Optional<RunDeleted> deleted) {

    public RunHistory {
        starts = List.copyOf(starts);
        Objects.requireNonNull(deleted, "deleted");
    }

    static RunHistory none() {
        return new RunHistory(List.of(), Optional.empty());
    }

    /** The last time that the round was opened. */
    Optional<RoundStart> start(int round) {
        return starts.stream().filter(start -> start.round() == round).reduce((earlier, later) -> later);
    }

    RunHistory with(RoundStart start) {
        List<RoundStart> all = new ArrayList<>(starts);
        all.add(start);
        return new RunHistory(all, deleted);
    }

    RunHistory with(RunDeleted deletion) {
        return new RunHistory(starts, Optional.of(deletion));
    }
}
