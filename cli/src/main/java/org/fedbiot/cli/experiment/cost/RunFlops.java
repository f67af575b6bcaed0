package org.fedbiot.cli.experiment.cost;

import java.util.stream.IntStream;
import org.fedbiot.coordinator.RunPlan;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.schemas.event.FederationSettings;
import org.fedbiot.schemas.event.RunSpec;

/**
 * Floating point operations of a whole run in which every call is answered, by phase. The names of its JSON are public.
 *
 * @param compress the server's first alignment
 * @param realign the server's alignments after it
 * @param train all clients'
 * @param evaluate the owner's and the clients' scores: measurement, and no part of {@link #method}
 */
public record RunFlops(double compress, double realign, double train, double evaluate) {

    /** @param config shape of the full model */
    public static RunFlops of(RunSpec spec, LlamaConfig config, Texts texts) {
        MethodFlops flops = new MethodFlops(spec, config, texts);
        RunPlan plan = new RunPlan(spec);
        FederationSettings federation = spec.getFederation();
        int rounds = federation.getRounds();
        long alignments = IntStream.rangeClosed(1, rounds).filter(plan::alignsBefore).count();
        long evaluations = IntStream.rangeClosed(1, rounds).filter(plan::evaluatesAfter).count();
        return new RunFlops(
                spec.getFork() == null ? flops.alignment(spec.getAlignment().getPreSteps()) : 0,
                alignments * flops.alignment(spec.getAlignment().getSteps()),
                (double) rounds * called(federation) * flops.clientRound(),
                flops.evaluation(true) + (evaluations - 1) * flops.evaluation(false) + flops.ownScores());
    }

    static int called(FederationSettings federation) {
        int perRound = federation.getClientsPerRound();
        return perRound == 0 ? federation.getClients().size() : perRound;
    }

    /** All of them. */
    public double total() {
        return method() + evaluate;
    }

    /** Of server and clients, without evaluation. */
    public double method() {
        return compress + realign + train;
    }
}
