package org.fedbiot.learning.method;

import java.util.Objects;
import org.fedbiot.learning.model.FactorVector;

/**
 * What a client is called to: everything that its update depends on beside model, options and records.
 *
 * @param runId names the run in errors
 * @param clientId owner of the batch order and of the dropout masks
 * @param round from 1
 * @param seed of the run
 * @param adapter the announced version, absolute factors
 * @param emulator the announced version, absolute factors; frozen here
 */
public record LocalRound(String runId, String clientId, int round, long seed, FactorVector adapter,
        FactorVector emulator) {
    public LocalRound {
        Objects.requireNonNull(runId, "runId");
        Objects.requireNonNull(clientId, "clientId");
        Objects.requireNonNull(adapter, "adapter");
        Objects.requireNonNull(emulator, "emulator");
    }
}
