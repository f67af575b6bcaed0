package org.fedbiot.learning.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.fedbiot.learning.BadInputException;

/**
 * Deals records to clients. A partition by category is made from the training records and then deals any set by the
 * same map, so that a client's held-out text is of its own kind (fedbiot-method 3, "Meta splitter").
 */
public final class Partition {
    private static final int LDA_DRAWS = 1000;
    private static final String ANY = "";

    private final long seed;
    private final int clients;
    private final boolean byCategory;
    /** Each client's share of each category, in client order. */
    private final Map<String, double[]> shares;

    private Partition(long seed, int clients, boolean byCategory, Map<String, double[]> shares) {
        this.seed = seed;
        this.clients = clients;
        this.byCategory = byCategory;
        this.shares = shares;
    }

    /** Every client gets an equal number of random records. */
    public static Partition iid(int clients, long seed) {
        double[] equal = IntStream.range(0, positive(clients)).mapToDouble(i -> 1.0 / clients).toArray();
        return new Partition(seed, clients, false, Map.of(ANY, equal));
    }

    /** Categories go to clients whole, in random order, one after the other. */
    public static Partition meta(List<Example> train, int clients, long seed) {
        List<String> names = new ArrayList<>(counts(train).keySet());
        if (names.size() < positive(clients)) {
            throw new BadInputException("partition meta: " + names.size() + " categories are too few for " + clients
                    + " clients; use fewer clients or another partition");
        }
        int[] order = Seeds.generator(seed, "partition", "meta").permutation(names.size());
        Map<String, double[]> shares = new LinkedHashMap<>();
        for (int i = 0; i < order.length; i++) {
            double[] share = new double[clients];
            share[i % clients] = 1;
            shares.put(names.get(order[i]), share);
        }
        return new Partition(seed, clients, true, shares);
    }

    /**
     * Each category is dealt by shares drawn from a symmetric Dirichlet distribution; drawn anew until every client has
     * a training record.
     *
     * @param concentration of the distribution; small values give clients of few categories
     */
    public static Partition lda(List<Example> train, int clients, double concentration, long seed) {
        Map<String, Integer> counts = counts(train);
        positive(clients);
        requireEnough(train.size(), clients);
        for (int draw = 0; draw < LDA_DRAWS; draw++) {
            SplitMix64 random = Seeds.generator(seed, "partition", "lda", draw);
            Map<String, double[]> shares = new LinkedHashMap<>();
            int[] dealt = new int[clients];
            for (Map.Entry<String, Integer> category : counts.entrySet()) {
                double[] share = dirichlet(random, clients, concentration);
                shares.put(category.getKey(), share);
                int[] ends = ends(share, category.getValue());
                for (int client = 0; client < clients; client++) {
                    dealt[client] += ends[client + 1] - ends[client];
                }
            }
            if (IntStream.of(dealt).allMatch(records -> records > 0)) {
                return new Partition(seed, clients, true, shares);
            }
        }
        throw new BadInputException("partition lda: at concentration " + concentration + " none of " + LDA_DRAWS
                + " draws gives each of " + clients + " clients a record; raise it or use fewer clients");
    }

    /**
     * Deals a set of records.
     *
     * @param set its name, such as "train" or "held-out"; sets of different names are shuffled apart
     * @return a list for each client
     * @throws BadInputException fewer records than clients, or a category that the training records do not have
     */
    public List<List<Example>> split(List<Example> records, String set) {
        requireEnough(records.size(), clients);
        List<List<Example>> dealt = IntStream.range(0, clients).<List<Example>>mapToObj(i -> new ArrayList<>()).toList();
        byCategory(records).forEach((category, members) -> {
            double[] share = shares.get(category);
            if (share == null) {
                throw new BadInputException(members.get(0).source() + ": category \"" + category
                        + "\" is not among the training records");
            }
            int[] order = Seeds.generator(seed, "partition", set, category).permutation(members.size());
            int[] ends = ends(share, members.size());
            for (int client = 0; client < clients; client++) {
                for (int i = ends[client]; i < ends[client + 1]; i++) {
                    dealt.get(client).add(members.get(order[i]));
                }
            }
        });
        return dealt.stream().map(List::copyOf).toList();
    }

    private Map<String, List<Example>> byCategory(List<Example> records) {
        return byCategory ? grouped(records) : Map.of(ANY, records);
    }

    private static Map<String, Integer> counts(List<Example> records) {
        Map<String, Integer> counts = new TreeMap<>();
        grouped(records).forEach((category, members) -> counts.put(category, members.size()));
        return counts;
    }

    private static Map<String, List<Example>> grouped(List<Example> records) {
        return records.stream().collect(Collectors.groupingBy(record -> record.category().orElseThrow(() ->
                new BadInputException(record.source() + ": no \"category\", which the partition goes by")),
                TreeMap::new, Collectors.toList()));
    }

    /** Where each client's part of n records ends, by rounded cumulated shares; the first is 0 and the last is n. */
    private static int[] ends(double[] share, int n) {
        int[] ends = new int[share.length + 1];
        double sum = 0;
        for (int i = 0; i < share.length; i++) {
            sum += share[i];
            ends[i + 1] = i == share.length - 1 ? n : (int) Math.round(Math.min(1, sum) * n);
        }
        return ends;
    }

    private static double[] dirichlet(SplitMix64 random, int size, double concentration) {
        double[] draws = IntStream.range(0, size).mapToDouble(i -> random.nextGamma(concentration)).toArray();
        double sum = IntStream.range(0, size).mapToDouble(i -> draws[i]).sum();
        // At tiny concentrations all draws may underflow to zero; then one client has it all, as in the limit.
        return sum > 0 ? IntStream.range(0, size).mapToDouble(i -> draws[i] / sum).toArray() : whole(random, size);
    }

    private static double[] whole(SplitMix64 random, int size) {
        double[] share = new double[size];
        share[random.nextInt(size)] = 1;
        return share;
    }

    private static int positive(int clients) {
        if (clients < 1) {
            throw new IllegalArgumentException("clients must be at least 1, got " + clients);
        }
        return clients;
    }

    private static void requireEnough(int records, int clients) {
        if (records < clients) {
            throw new BadInputException("a data set of " + records + " records is smaller than its " + clients
                    + " clients; give more records or use fewer clients");
        }
    }
}
