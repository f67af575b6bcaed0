package org.fedbiot.coordinator.runtime;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.fedbiot.coordinator.CoordinatorState;
import org.fedbiot.coordinator.Phase;
import org.fedbiot.coordinator.Run;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.UpdateAccepted;

/** How the clients' training loss moves from round to round, since this process began to decide. */
final class TrainingTrend {

    private final Map<String, Losses> byRun = new ConcurrentHashMap<>();
    private volatile double loss = Double.NaN;

    /** Of one run: its last round, and its best one. */
    private record Losses(double last, double lowest) {

        Losses then(double next) {
            return new Losses(next, Math.min(lowest, next));
        }
    }

    /** @param open as it was before it was closed */
    void closed(Phase.RoundOpen open, RoundClosed closed) {
        double sum = 0;
        long samples = 0;
        for (CountedUpdate counted : closed.getCounted()) {
            Optional<UpdateAccepted> update = open.accepted().get(counted.getClientId());
            if (update.isPresent()) {
                sum += update.get().getMeanLoss() * update.get().getProcessedSamples();
                samples += update.get().getProcessedSamples();
            }
        }
        if (samples > 0) {
            double mean = sum / samples;
            loss = mean;
            byRun.merge(closed.getRunId(), new Losses(mean, mean), (before, now) -> before.then(now.last()));
        }
    }

    /** Forgets runs that ended. */
    void keep(CoordinatorState state) {
        byRun.keySet().removeIf(run -> state.run(run).map(Run::isEnded).orElse(true));
    }

    /** Mean over the samples of the last round that closed; NaN before the first. */
    double loss() {
        return loss;
    }

    /** The last round's loss over the lowest one of the same run, for the run that is worst off; NaN before any. */
    double divergence() {
        return byRun.values().stream().mapToDouble(losses -> losses.last() / losses.lowest()).max()
                .orElse(Double.NaN);
    }
}
