package org.fedbiot.chaos;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Which kills a seed stands for. Every seed kills every role at least once alone or with others, and strikes six of the
 * eight moments; two seeds in a row leave none out.
 */
final class Schedule {

    private static final int LEFT_OUT = 2;
    private static final int SHORTEST_DOWN_MILLIS = 200;
    private static final int LONGEST_DOWN_MILLIS = 1500;

    private Schedule() {
    }

    static List<Strike> of(long seed, int rounds) {
        Random random = new Random(seed);
        List<Moment> moments = moments(seed);
        Collections.shuffle(moments, random);
        List<Role> roles = new ArrayList<>(Arrays.asList(Role.values()));
        Collections.shuffle(roles, random);
        List<Role> three = new ArrayList<>(roles);
        Collections.shuffle(three, random);
        List<List<Role>> victims = List.of(List.of(roles.get(0)), List.of(roles.get(1)), List.of(roles.get(2)),
                List.of(roles.get(3), roles.get(4)), List.of(roles.get(4)), three.subList(0, 3));
        List<Strike> strikes = new ArrayList<>();
        for (int i = 0; i < victims.size(); i++) {
            Moment moment = moments.get(i);
            strikes.add(new Strike(moment, moment.isOfARound() ? 1 + random.nextInt(rounds) : Moment.NO_ROUND,
                    random.nextInt(1 + moment.latestMillis()), victims.get(i),
                    SHORTEST_DOWN_MILLIS + random.nextInt(LONGEST_DOWN_MILLIS - SHORTEST_DOWN_MILLIS)));
        }
        return strikes;
    }

    private static List<Moment> moments(long seed) {
        List<Moment> moments = new ArrayList<>();
        for (Moment moment : Moment.values()) {
            long group = Math.floorMod(seed, (long) Moment.values().length / LEFT_OUT);
            if (moment.ordinal() / LEFT_OUT != group) {
                moments.add(moment);
            }
        }
        return moments;
    }
}
