package org.fedbiot.learning.method;

import java.util.Objects;
import org.fedbiot.learning.model.FactorVector;

/**
 * What a client is called to: everything that its update depends on beside model, options and records.
 *
 * @param runId names the run in errors
 * @param clientId owner of the batch order and of the dropout masks
 * @param round from 1; names the round in errors
 * @param seedRound what batch order and masks count as the round: a fork goes on in its origin's count
 * @param seed of the run
 * @param adapter the announced version, absolute factors
 * @param emulator the announced version, absolute factors; frozen here
 */
public record LocalRound(String runId, String clientId, int round, int seedRound, long seed, FactorVector adapter,
        FactorVector emulator) {
    public LocalRound {
        Objects.requireNonNull(runId, "runId");
        Objects.requireNonNull(clientId, "clientId");
        Objects.requireNonNull(adapter, "adapter");
        Objects.requireNonNull(emulator, "emulator");
    }

    /** Of a run that is no fork. */
    public LocalRound(String runId, String clientId, int round, long seed, FactorVector adapter,
            FactorVector emulator) {
        this(runId, clientId, round, round, seed, adapter, emulator);
    }
}
