package org.fedbiot.chaos;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.UpdateShard;

/** Follows the run's events and strikes when a strike's moment has come. Not thread-safe. */
final class StrikePlan {

    private record Point(Moment moment, int round) {
    }

    /**
     * A strike that was carried out.
     *
     * @param inTime whether its moment had not passed, as far as could be seen
     */
    record Done(Strike strike, List<Member> victims, boolean inTime) {

        @Override
        public String toString() {
            return victims.stream().map(Member::toString).collect(Collectors.joining(" + ")) + " at " + strike.moment()
                    + (strike.round() == Moment.NO_ROUND ? "" : " of round " + strike.round())
                    + (inTime ? "" : " (just after)");
        }
    }

    private final TrialCluster cluster;
    private final List<Strike> waiting;
    private final Map<Point, Long> begun = new HashMap<>();
    private final Set<Point> passed = new HashSet<>();
    private final List<Done> done = new ArrayList<>();
    private String uploader = TrialFiles.CLIENTS.get(0);

    StrikePlan(TrialCluster cluster, List<Strike> strikes) {
        this.cluster = cluster;
        this.waiting = new ArrayList<>(strikes);
    }

    void see(SpecificRecord event) {
        for (Moment moment : Moment.values()) {
            moment.begins(event).map(round -> new Point(moment, round)).ifPresent(point -> {
                if (begun.putIfAbsent(point, System.nanoTime()) == null && event instanceof UpdateShard shard) {
                    uploader = shard.getClientId();
                }
            });
        }
        for (Point point : begun.keySet()) {
            if (point.moment().ends(event, point.round())) {
                passed.add(point);
            }
        }
    }

    /** Carries out what is due; a strike waits for its victims to be up. */
    void strike() {
        for (Strike strike : List.copyOf(waiting)) {
            Point point = new Point(strike.moment(), strike.round());
            Long since = begun.get(point);
            if (since == null || System.nanoTime() - since < TimeUnit.MILLISECONDS.toNanos(strike.afterMillis())) {
                continue;
            }
            List<Member> victims = strike.victims().stream().map(this::victim).toList();
            if (victims.stream().allMatch(cluster::isUp)) {
                cluster.kill(victims, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(strike.downMillis()));
                waiting.remove(strike);
                done.add(new Done(strike, victims, !passed.contains(point)));
            }
        }
    }

    /** Of several clients the one that uploads, or did last. */
    private Member victim(Role role) {
        List<Member> members = cluster.members(role);
        return members.stream().filter(member -> member.name().equals(uploader)).findFirst()
                .orElse(members.get(members.size() - 1));
    }

    List<Done> done() {
        return List.copyOf(done);
    }

    /** Strikes whose moment never came. */
    List<Strike> missed() {
        return List.copyOf(waiting);
    }
}
