package org.fedbiot.cli.replay;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fedbiot.coordinator.Phase;
import org.fedbiot.coordinator.RoundClosing;
import org.fedbiot.schemas.event.CloseReason;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.RoundClosed;

/** Whether a round's close follows, by the coordinator's own rules, from what the log says before it. */
final class CloseCheck {

    private CloseCheck() {
    }

    /** What does not follow; empty if all does. */
    static List<String> problems(Phase.RoundOpen round, RoundClosed close) {
        List<String> problems = new ArrayList<>();
        if (close.getReason() == CloseReason.ALL_IN && !round.awaited().isEmpty()) {
            problems.add("closed as ALL_IN, but nothing in the log says what came of " + round.awaited());
        }
        if (close.getReason() == CloseReason.DEADLINE && !round.expired()) {
            problems.add("closed by its deadline, but nothing in the log says that it passed");
        }
        if (round.accepted().size() < round.opened().getQuorum()) {
            problems.add("closed with " + round.accepted().size() + " accepted updates, its quorum is "
                    + round.opened().getQuorum());
        }
        RoundClosed expected = RoundClosing.of(round, close.getReason());
        if (!close.equals(expected)) {
            problems.addAll(differences(expected, close));
        }
        return problems;
    }

    private static List<String> differences(RoundClosed expected, RoundClosed found) {
        List<String> differences = new ArrayList<>();
        Map<String, CountedUpdate> counted = byClient(found);
        Map<String, CountedUpdate> due = byClient(expected);
        due.forEach((client, update) -> {
            CountedUpdate other = counted.get(client);
            if (other == null) {
                differences.add("the accepted update of client " + client + " does not count");
            } else if (other.getWeight() != update.getWeight()) {
                differences.add("the update of client " + client + " weighs " + other.getWeight() + ", by "
                        + expected.getAggregation().getWeights() + " it is " + update.getWeight());
            } else if (!other.equals(update)) {
                differences.add("the update of client " + client + " counts with sha256 " + other.getUpdateSha256()
                        + ", accepted was " + update.getUpdateSha256() + ", or its shard hashes differ");
            }
        });
        counted.keySet().stream().filter(client -> !due.containsKey(client)).forEach(client -> differences.add(
                "an update of client " + client + " counts, but the log has no accepted verdict on it"));
        if (differences.isEmpty()) {
            differences.add("the close is not what the rules give: it is " + found + ", they give " + expected);
        }
        return differences;
    }

    private static Map<String, CountedUpdate> byClient(RoundClosed close) {
        Map<String, CountedUpdate> byClient = new LinkedHashMap<>();
        close.getCounted().forEach(update -> byClient.put(update.getClientId(), update));
        return byClient;
    }
}
