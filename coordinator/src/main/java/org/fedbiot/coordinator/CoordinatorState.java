package org.fedbiot.coordinator;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.fedbiot.schemas.event.ClientJoined;
import org.fedbiot.schemas.event.ClientKeyRegistered;
import org.fedbiot.schemas.event.DeadlineReached;

/**
 * All that the coordinator knows: a fold of the decision log.
 *
 * @param keys by client
 * @param present clients that joined and have not left, by client
 * @param exposure layers of a base model that clients may have seen, by the base model's sha256
 * @param runs by run id, those that ended too
 */
public record CoordinatorState(
        Index<ClientKeyRegistered> keys,
        Index<ClientJoined> present,
        Index<List<Integer>> exposure,
        Index<Run> runs) {

    public CoordinatorState {
        Objects.requireNonNull(keys, "keys");
        Objects.requireNonNull(present, "present");
        Objects.requireNonNull(exposure, "exposure");
        Objects.requireNonNull(runs, "runs");
    }

    public static CoordinatorState initial() {
        return new CoordinatorState(Index.empty(), Index.empty(), Index.empty(), Index.empty());
    }

    public Optional<Run> run(String runId) {
        return runs.get(runId);
    }

    /** The run, if it is in this phase. */
    public <P extends Phase> Optional<P> phase(String runId, Class<P> type) {
        return run(runId).flatMap(run -> run.in(type));
    }

    /** Layers of a base model that clients may have seen, ascending. */
    public List<Integer> exposedLayers(String modelSha256) {
        return exposure.get(modelSha256).orElse(List.of());
    }

    /** Every deadline that something waits for, as the input that its passing would be. */
    public List<DeadlineReached> deadlines() {
        return runs.values().stream().flatMap(run -> Deadlines.of(run).stream()).toList();
    }

    CoordinatorState withKey(ClientKeyRegistered key) {
        return new CoordinatorState(keys.with(key.getClientId(), key), present, exposure, runs);
    }

    CoordinatorState withPresent(ClientJoined client) {
        return new CoordinatorState(keys, present.with(client.getClientId(), client), exposure, runs);
    }

    CoordinatorState withoutPresent(String clientId) {
        return new CoordinatorState(keys, present.without(clientId), exposure, runs);
    }

    /** Added to what was exposed before: the runs of a restored archive did not know of this cluster's. */
    CoordinatorState withExposed(String modelSha256, List<Integer> layers) {
        TreeSet<Integer> all = new TreeSet<>(exposedLayers(modelSha256));
        all.addAll(layers);
        return new CoordinatorState(keys, present, exposure.with(modelSha256, List.copyOf(all)), runs);
    }

    CoordinatorState with(Run run) {
        return new CoordinatorState(keys, present, exposure, runs.with(run.id(), run));
    }

    CoordinatorState with(String runId, UnaryOperator<Run> change) {
        return run(runId).map(run -> with(change.apply(run))).orElseThrow(
                () -> new IllegalStateException("run " + runId + " is not in the decision log"));
    }
}
