package org.fedbiot.coordinator;

import java.util.List;
import java.util.Optional;
import org.fedbiot.schemas.event.ClientProgressed;
import org.fedbiot.schemas.event.DeadlineExtended;
import org.fedbiot.schemas.event.DeadlineReached;
import org.fedbiot.schemas.event.ProgressSeen;
import org.fedbiot.schemas.event.RoundOpened;

/**
 * Waiting by progress (federation.stallMillis): at the deadline a client that trains or uploads is still waited for.
 * A sign counts only where it goes beyond all before it, so that the number of extensions is bounded by the steps and
 * shards of a round, and a client that starts over again and again is not waited for.
 */
final class ProgressRules {

    /** So many signs of one client in a stall's length are enough to know it moves; more would swell the log. */
    private static final long SIGNS_PER_STALL = 4;

    private ProgressRules() {
    }

    static Decisions progressed(Decisions decisions, ClientProgressed event) {
        String runId = event.getRunId();
        long stallMillis = stallMillis(decisions, runId);
        Optional<Phase.RoundOpen> round = decisions.state().phase(runId, Phase.RoundOpen.class)
                .filter(open -> stallMillis > 0 && open.opened().getRound() == event.getRound())
                .filter(open -> open.awaited().contains(event.getClientId()))
                .filter(open -> isWithin(open.opened(), event));
        if (round.isEmpty()) {
            return decisions;
        }
        Optional<ProgressSeen> last = round.get().progress().get(event.getClientId());
        boolean news = last.filter(seen -> seen.getStep() >= event.getStep()
                && seen.getShardsSent() >= event.getShardsSent()).isEmpty();
        boolean due = last.filter(seen -> decisions.nowMillis() - seen.getSeenMillis() < stallMillis / SIGNS_PER_STALL)
                .isEmpty();
        return news && due ? decisions.decide(new ProgressSeen(runId, event.getRound(), event.getClientId(),
                Math.max(event.getStep(), last.map(ProgressSeen::getStep).orElse(0)),
                Math.max(event.getShardsSent(), last.map(ProgressSeen::getShardsSent).orElse(0)),
                decisions.nowMillis())) : decisions;
    }

    /** A later deadline, if a client that the round waits for is there and has moved. */
    static Optional<DeadlineExtended> extension(Decisions decisions, DeadlineReached deadline) {
        String runId = deadline.getRunId();
        long patience = patienceMillis(stallMillis(decisions, runId));
        Phase.RoundOpen round = decisions.state().phase(runId, Phase.RoundOpen.class).orElseThrow();
        List<ProgressSeen> moving = round.awaited().stream()
                .filter(decisions.state().present()::contains)
                .flatMap(client -> round.progress().get(client).stream())
                .filter(seen -> seen.getSeenMillis() + patience > decisions.nowMillis())
                .toList();
        return moving.stream().mapToLong(ProgressSeen::getSeenMillis).max().stream()
                .mapToObj(newest -> new DeadlineExtended(runId, deadline.getRound(), newest + patience,
                        moving.stream().map(ProgressSeen::getClientId).toList()))
                .findFirst();
    }

    /** The newest sign in the log may be a little older than the newest one that was given. */
    private static long patienceMillis(long stallMillis) {
        return stallMillis + stallMillis / SIGNS_PER_STALL;
    }

    private static long stallMillis(Decisions decisions, String runId) {
        return decisions.state().run(runId).map(run -> run.spec().getFederation().getStallMillis()).orElse(0L);
    }

    private static boolean isWithin(RoundOpened round, ClientProgressed event) {
        return event.getStep() >= 0 && event.getStep() <= round.getTraining().getSteps()
                && event.getShardsSent() >= 0 && event.getShardsSent() <= round.getAdapterShards();
    }
}
