package org.fedbiot.cli.experiment.cost;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.CalledClient;
import org.fedbiot.schemas.event.CloseReason;
import org.fedbiot.schemas.event.DeadlineReached;
import org.fedbiot.schemas.event.EvaluatedModel;
import org.fedbiot.schemas.event.EvaluationResult;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.TaskKind;
import org.fedbiot.schemas.event.UpdateAccepted;

/**
 * Folds a run's decisions into the time that it would have taken over its links: a function of the log, of bytes and
 * of FLOPs, so that the same log gives the same seconds wherever the run was computed. A round waits for the slowest
 * client that it counts, or for its deadline where it was closed by that; a client that is out of reach is known to be
 * so at once. The fold of updates takes no time, nor does evaluation, which is measurement.
 */
final class SimulatedTime {

    private static final double MILLIS = 1_000;

    private final PricedRun run;
    private final LinkClock clock;
    private final Exchange exchange;
    private final MethodFlops flops;
    private final ClientBytes bytes;
    private final Map<String, Versions> held = new HashMap<>();
    private final Map<String, Double> working = new HashMap<>();
    private final Set<String> handedIn = new HashSet<>();
    private final TreeMap<Integer, Double> ends = new TreeMap<>();
    private final Map<Integer, Double> scores = new HashMap<>();
    private boolean expired;
    private double prepared;
    private double now;

    /** What a client has of the run. */
    private record Versions(int adapter, int emulator) {
    }

    private SimulatedTime(PricedRun run, LinkClock clock, Exchange exchange) {
        this.run = run;
        this.clock = clock;
        this.exchange = exchange;
        this.flops = new MethodFlops(run.spec(), run.config(), run.texts());
        this.bytes = ClientBytes.of(run.spec(), run.config());
    }

    /** @param decisions of this run, in the order of the decision log */
    static Timeline of(PricedRun run, LinkClock clock, Exchange exchange, List<SpecificRecord> decisions) {
        SimulatedTime time = new SimulatedTime(run, clock, exchange);
        decisions.forEach(time::add);
        return new Timeline(time.prepared, time.ends.entrySet().stream().map(end -> {
            Double score = time.scores.get(end.getKey());
            return new Timeline.Closed(end.getKey(), end.getValue(),
                    score == null ? OptionalDouble.empty() : OptionalDouble.of(score));
        }).toList());
    }

    private void add(SpecificRecord event) {
        if (event instanceof ServerTaskCompleted task) {
            completed(task);
        } else if (event instanceof RoundOpened opened) {
            opened(opened);
        } else if (event instanceof UpdateAccepted update) {
            handedIn.add(update.getClientId());
        } else if (event instanceof DeadlineReached) {
            expired = true;
        } else if (event instanceof RoundClosed closed) {
            expired |= closed.getReason() == CloseReason.DEADLINE;
            now += waited();
            ends.put(closed.getRound(), now);
            working.clear();
        }
    }

    private void completed(ServerTaskCompleted task) {
        if (exchange == Exchange.FACTORS && task.getAlignment() != null) {
            now += clock.server(flops.alignment(task.getAlignment().getSteps()));
        }
        if (task.getKind() == TaskKind.COMPRESS) {
            prepared = now;
        }
        if (task.getEvaluation() != null) {
            EvaluationResult result = task.getEvaluation();
            result.getScores().stream().filter(score -> score.getModel() == EvaluatedModel.ADAP_FU).findFirst()
                    .ifPresent(score -> scores.put(result.getAdapterVersion(), score.getNll()));
        }
    }

    /** An attempt before this one has cost what was waited for it; who handed in then is done. */
    private void opened(RoundOpened opened) {
        if (opened.getAttempt() == 1) {
            handedIn.clear();
        } else {
            now += waited();
        }
        expired = false;
        working.clear();
        for (CalledClient called : opened.getCalled()) {
            String client = called.getClientId();
            if (!opened.getLostContact().contains(client) && !handedIn.contains(client)) {
                working.put(client, work(client, opened));
            }
        }
    }

    private double work(String client, RoundOpened opened) {
        if (exchange == Exchange.ALL_WEIGHTS) {
            return clock.client(client, bytes.allWeights(), flops.fullWeightRound(), bytes.allWeights());
        }
        Versions announced = new Versions(opened.getAdapterVersion(), opened.getEmulatorVersion());
        Versions own = held.put(client, announced);
        double down = own == null ? bytes.base() + bytes.adapter() + bytes.emulator()
                : (own.adapter() == announced.adapter() ? 0 : bytes.adapter())
                        + (own.emulator() == announced.emulator() ? 0 : bytes.emulator());
        return clock.client(client, down, flops.clientRound(), bytes.update());
    }

    private double waited() {
        double slowest = working.entrySet().stream().filter(client -> handedIn.contains(client.getKey()))
                .mapToDouble(Map.Entry::getValue).max().orElse(0);
        return expired ? Math.max(slowest, run.spec().getFederation().getDeadlineMillis() / MILLIS) : slowest;
    }
}
