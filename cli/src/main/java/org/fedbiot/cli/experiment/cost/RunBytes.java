package org.fedbiot.cli.experiment.cost;

import java.util.stream.IntStream;
import org.fedbiot.coordinator.RunPlan;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.schemas.event.FederationSettings;
import org.fedbiot.schemas.event.RunSpec;

/**
 * Bytes of a whole run in which every call is answered, over all clients; tensors alone, without headers and manifests.
 * A called client fetches the emulator's factors in round 1 and after each alignment; where rounds call a sample, one
 * that comes late to a version is not counted. The names of its JSON are public.
 *
 * @param once the compressed model, to each of the run's clients
 * @param down adapter and emulator versions
 * @param up updates
 */
public record RunBytes(long once, long down, long up) {

    /** @param config shape of the full model */
    public static RunBytes of(RunSpec spec, LlamaConfig config) {
        ClientBytes client = ClientBytes.of(spec, config);
        RunPlan plan = new RunPlan(spec);
        FederationSettings federation = spec.getFederation();
        int rounds = federation.getRounds();
        long emulators = IntStream.rangeClosed(1, rounds).filter(round -> round == 1 || plan.alignsBefore(round))
                .count();
        long called = RunFlops.called(federation);
        return new RunBytes(federation.getClients().size() * client.base(),
                called * (rounds * client.adapter() + emulators * client.emulator()),
                called * rounds * client.update());
    }

    /** All of them. */
    public long total() {
        return once + down + up;
    }
}
