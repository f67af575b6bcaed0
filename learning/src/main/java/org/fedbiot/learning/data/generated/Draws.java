package org.fedbiot.learning.data.generated;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.fedbiot.learning.data.SplitMix64;

/** Draws shared by the text generators. */
final class Draws {
    private Draws() {
    }

    /** Some words of a list, no word twice. */
    static List<String> distinct(SplitMix64 random, List<String> words, int count) {
        int[] order = random.permutation(words.size());
        return IntStream.range(0, count).mapToObj(i -> words.get(order[i])).toList();
    }

    /** Some numbers of [from, to], none twice. */
    static List<Integer> distinctNumbers(SplitMix64 random, int from, int to, int count) {
        int[] order = random.permutation(to - from + 1);
        return Arrays.stream(order).limit(count).mapToObj(i -> from + i).toList();
    }
}
