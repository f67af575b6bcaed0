package org.fedbiot.chaos;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.coordinator.Coordinator;
import org.fedbiot.coordinator.CoordinatorState;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.DeadLetter;
import org.fedbiot.schemas.event.EmulatorPublished;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateRejected;
import org.fedbiot.schemas.topic.Topics;

/**
 * What a finished trial's log says.
 *
 * @param adapters sha256 by version
 * @param emulators sha256 by version
 * @param problems what must not be there: nothing lost, nothing counted twice, nothing unusable
 */
record LogFacts(Map<Integer, String> adapters, Map<Integer, String> emulators, List<String> problems) {

    /** Reads it all, as somebody who was not there. */
    static LogFacts read(KafkaSettings kafka, int rounds) {
        try (TopicWatch decisions = new TopicWatch(kafka, Topics.DECISION);
                TopicWatch others = new TopicWatch(kafka, Topics.UPDATE_VERDICT, Topics.ADAPTER_MANIFEST,
                        Topics.EMULATOR_MANIFEST, Topics.AGGREGATOR_DEAD_LETTER, Topics.SERVER_DEAD_LETTER)) {
            return of(decisions.readToEnd(), others.readToEnd(), rounds);
        }
    }

    /**
     * @param decisions the whole decision log
     * @param others verdicts, versions and dead letters, in any order
     */
    static LogFacts of(List<SpecificRecord> decisions, List<SpecificRecord> others, int rounds) {
        Reading reading = new Reading();
        reading.fold(decisions);
        others.forEach(reading::add);
        return reading.facts(rounds);
    }

    /** Not thread-safe. */
    private static final class Reading {

        private final List<String> problems = new ArrayList<>();
        private final Map<Integer, String> adapters = new TreeMap<>();
        private final Map<Integer, String> emulators = new TreeMap<>();
        private final Set<Integer> closed = new TreeSet<>();
        private final Map<String, Integer> accepted = new HashMap<>();
        private boolean completed;

        /** As the coordinator does after a start. */
        void fold(List<SpecificRecord> decisions) {
            CoordinatorState state = CoordinatorState.initial();
            for (SpecificRecord decision : decisions) {
                try {
                    state = Coordinator.apply(state, decision);
                } catch (IllegalStateException e) {
                    problems.add("the decision log does not fold: " + e.getMessage());
                    return;
                }
                if (decision instanceof RoundClosed round) {
                    close(round);
                } else if (decision instanceof RunEnded ended) {
                    completed = ended.getOutcome() == RunOutcome.COMPLETED;
                    unless(completed, "the run ended " + ended.getOutcome() + ": " + ended.getReason());
                }
            }
        }

        private void close(RoundClosed round) {
            unless(closed.add(round.getRound()), "round " + round.getRound() + " was closed twice");
            List<String> counted = round.getCounted().stream().map(CountedUpdate::getClientId).toList();
            unless(counted.equals(TrialFiles.CLIENTS), "round " + round.getRound() + " counts " + counted);
        }

        void add(SpecificRecord event) {
            if (event instanceof AdapterPublished published) {
                unless(adapters.put(published.getVersion(), published.getSha256()) == null,
                        "adapter version " + published.getVersion() + " was published twice");
            } else if (event instanceof EmulatorPublished published) {
                String before = emulators.put(published.getVersion(), published.getSha256());
                unless(before == null || before.equals(published.getSha256()),
                        "emulator version " + published.getVersion() + " has two hashes");
            } else if (event instanceof UpdateAccepted update) {
                accepted.merge(update.getRound() + "/" + update.getClientId(), 1, Integer::sum);
            } else if (event instanceof UpdateRejected rejected) {
                problems.add("update of " + rejected.getClientId() + " in round " + rejected.getRound()
                        + " was rejected: " + rejected.getReason() + " " + rejected.getDetail());
            } else if (event instanceof DeadLetter letter) {
                problems.add("dead letter of " + letter.getOriginTopic() + ", partition "
                        + letter.getOriginPartition() + ", offset " + letter.getOriginOffset() + ": "
                        + letter.getReason());
            }
        }

        LogFacts facts(int rounds) {
            unless(completed, "the run did not complete");
            unless(closed.size() == rounds, "rounds closed: " + closed);
            unless(adapters.size() == rounds + 1, "adapter versions: " + adapters.keySet());
            unless(accepted.size() == rounds * TrialFiles.CLIENTS.size(), "accepted: " + accepted.keySet());
            accepted.forEach((update, times) -> unless(times == 1, "accepted " + times + " times: " + update));
            return new LogFacts(Map.copyOf(adapters), Map.copyOf(emulators), List.copyOf(problems));
        }

        private void unless(boolean holds, String problem) {
            if (!holds) {
                problems.add(problem);
            }
        }
    }

    /** Whether the same versions came out, bit for bit. */
    boolean equalTo(LogFacts other) {
        return adapters.equals(other.adapters) && emulators.equals(other.emulators);
    }
}
