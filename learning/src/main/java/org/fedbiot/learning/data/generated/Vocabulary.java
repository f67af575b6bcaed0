package org.fedbiot.learning.data.generated;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The 368 words of the small model (small-model "Text"): one token each, split at spaces. */
public final class Vocabulary {
    public static final int PAD = 0;
    public static final int BOS = 1;
    public static final int EOS = 2;

    static final List<String> SPECIAL = List.of("<pad>", "<bos>", "<eos>");

    static final List<String> NAMES = words("""
            ann bob cal dan eve fay gus hal ivy jan ken lea max nia oli pam quinn ray sue tom
            uma vic wes xena yuri zoe amos beth carl dora earl flo greta hugo iris joel kira liam mona ned""");

    static final List<String> OBJECTS = words("""
            pens books cups hats coins keys balls kites boats drums lamps maps rings shells stamps stones toys tiles
            bags belts bells brushes buttons cards chairs clocks combs dolls forks gloves ladders mugs needles plates
            ropes scarves shirts spoons towels whistles""");

    static final List<String> PLACES = words("""
            rome oslo lima cairo delhi tokyo paris quito dakar sofia minsk kyoto milan bern accra doha hanoi leeds
            porto turin""");

    static final List<String> DRUGS = words("""
            zinc iron senna codeine insulin aspirin statin heparin quinine biotin niacin morphine""");

    static final List<String> GOODS = words("cement gravel timber steel copper cotton rubber paper glass paint");

    static final List<String> FOODS = words("""
            soup pasta salad pizza toast curry tacos waffles risotto omelette burger noodles pie stew ribs tart""");

    static final List<String> BAYS = words("alpha bravo charlie delta echo foxtrot golf hotel india juliet");

    static final List<String> PARTS = words("bolt gear valve piston spring axle clutch gasket pulley bearing");

    static final List<String> FUNCTIONS = words("""
            clinic takes chart rx sign dose per day at night depot bay stock slip truck seal log out left cafe table
            orders ticket fire done serve lot hold nurse ward shift crate dock pallet menu chef bill tray form""");

    private static final List<String> STRUCTURE = words("""
            . ? : has buys finds gets wins loses sells eats breaks more how many does have what who lives in where
            the most fewest do and together list first last second reverse copy rotate count after before
            are legs spiders wheels cars days weeks fingers hands sides triangles ears dogs months years
            sort up down short full label item back reply answer for belong to is now""");

    /** Items of word lists: objects, places and all domain words. */
    static final List<String> POOL = joined(List.of(OBJECTS, PLACES, DRUGS, GOODS, FOODS, BAYS, PARTS,
            FUNCTIONS));

    private static final List<String> WORDS = joined(List.of(SPECIAL,
            IntStream.range(0, 100).mapToObj(Integer::toString).toList(), NAMES, POOL, STRUCTURE));
    private static final Map<String, Integer> IDS = ids();

    private Vocabulary() {
    }

    /** All words; the position is the token id. */
    public static List<String> words() {
        return WORDS;
    }

    /**
     * @param text words with single spaces between them
     * @return one id for each word, without beginning or end token
     * @throws IllegalArgumentException if a word is not known
     */
    public static int[] encode(String text) {
        return Stream.of(text.split(" ")).mapToInt(Vocabulary::id).toArray();
    }

    private static int id(String word) {
        Integer id = IDS.get(word);
        if (id == null) {
            throw new IllegalArgumentException("no word '" + word + "' in the small model's vocabulary");
        }
        return id;
    }

    private static Map<String, Integer> ids() {
        Map<String, Integer> ids = new HashMap<>();
        for (String word : WORDS) {
            if (ids.put(word, ids.size()) != null) {
                throw new IllegalStateException("the word '" + word + "' is listed twice");
            }
        }
        return Map.copyOf(ids);
    }

    private static List<String> words(String text) {
        return List.of(text.trim().split("\\s+"));
    }

    private static List<String> joined(List<List<String>> lists) {
        return lists.stream().flatMap(List::stream).toList();
    }
}
