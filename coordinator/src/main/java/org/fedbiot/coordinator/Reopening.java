package org.fedbiot.coordinator;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.fedbiot.schemas.event.ClientFailed;
import org.fedbiot.schemas.event.FederationSettings;
import org.fedbiot.schemas.event.MissedQuorum;

/**
 * What becomes of a round that lacks updates: the run fails, or the same round is opened once more. The next attempt
 * calls whoever handed in or may still do so, and others in the place of those who failed or are gone.
 */
final class Reopening {

    private final Run run;
    private final Phase.RoundOpen round;
    private final Set<String> present;

    private Reopening(Run run, Phase.RoundOpen round, Set<String> present) {
        this.run = run;
        this.round = round;
        this.present = present;
    }

    static Decisions missed(Decisions decisions, Run run, Phase.RoundOpen round, Shortfall shortfall) {
        FederationSettings federation = run.spec().getFederation();
        if (federation.getOnMissedQuorum() != MissedQuorum.REOPEN) {
            return Flow.fail(decisions, run.id(), shortfall.text(round) + "; raise federation.deadlineMillis, lower "
                    + "federation.quorum or federation.minimumSamples, or set federation.onMissedQuorum to REOPEN");
        }
        int attempt = round.opened().getAttempt();
        if (attempt > federation.getMaxReopenings()) {
            return Flow.fail(decisions, run.id(), shortfall.text(round) + "; opened again " + (attempt - 1)
                    + " times, federation.maxReopenings is " + federation.getMaxReopenings());
        }
        Reopening next = new Reopening(run, round, decisions.state().present().ids());
        if (next.isHopeless(shortfall)) {
            return Flow.fail(decisions, run.id(), shortfall.text(round) + "; no other client of federation.clients "
                    + "could bring one");
        }
        List<String> called = next.called();
        // Where too few are there, the next one to join is asked again.
        return next.isWorthwhile(called, shortfall)
                ? Flow.openRound(decisions, run, round.opened().getRound(), attempt + 1, called)
                : decisions;
    }

    /** Whether no client of this run could make good what is missing, there or not. */
    private boolean isHopeless(Shortfall shortfall) {
        long others = run.spec().getFederation().getClients().stream()
                .filter(client -> !round.accepted().contains(client) && !isRejected(client)).count();
        return others == 0 || shortfall.updates() + others < shortfall.quorum();
    }

    private boolean isWorthwhile(List<String> called, Shortfall shortfall) {
        long working = called.stream().filter(this::mayYetBring).count();
        return working > 0 && shortfall.updates() + working >= shortfall.quorum();
    }

    /** In id order. */
    private List<String> called() {
        Set<String> called = new TreeSet<>(round.accepted().ids());
        called.addAll(round.awaited());
        long occupied = called.stream().filter(client -> round.accepted().contains(client) || mayYetBring(client))
                .count();
        int perRound = run.spec().getFederation().getClientsPerRound();
        boolean anyWorks = round.awaited().stream().anyMatch(this::mayYetBring);
        // A round that is full but stands for too few samples takes one more.
        long places = perRound == 0 ? Long.MAX_VALUE : Math.max(perRound - occupied, anyWorks ? 0 : 1);
        called.addAll(sample(candidates(client -> !round.failed().contains(client) && !called.contains(client)),
                places));
        long left = places - called.stream().filter(this::isNew).count();
        // One that failed is tried again where there is no other, but not at once: what was in its way may pass.
        if (round.expired()) {
            called.addAll(sample(candidates(client -> round.failed().contains(client) && !isRejected(client)), left));
        }
        return List.copyOf(called);
    }

    private List<String> candidates(Predicate<String> fits) {
        return run.spec().getFederation().getClients().stream()
                .filter(client -> present.contains(client) && fits.test(client)).toList();
    }

    private List<String> sample(List<String> candidates, long places) {
        if (places <= 0) {
            return List.of();
        }
        return ClientSample.of(run.spec().getSeed(), round.opened().getRound() + ForkRules.roundOffset(run.spec()),
                round.opened().getAttempt() + 1, candidates, (int) Math.min(places, Integer.MAX_VALUE));
    }

    private boolean mayYetBring(String client) {
        return present.contains(client) && !round.accepted().contains(client);
    }

    private boolean isNew(String client) {
        return !round.accepted().contains(client) && !round.awaited().contains(client);
    }

    /** What it made was refused for what it is, and made again it would be the same. */
    private boolean isRejected(String client) {
        return round.failed().get(client).filter(why -> !(why instanceof ClientFailed)).isPresent();
    }
}
