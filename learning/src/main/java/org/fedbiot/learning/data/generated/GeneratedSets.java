package org.fedbiot.learning.data.generated;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.fedbiot.learning.data.Example;
import org.fedbiot.learning.data.Seeds;
import org.fedbiot.learning.data.SplitMix64;

/**
 * All text of a demonstration: what the clients own, what is public, and what the model's owner evaluates on. No prompt
 * of the private task is in two of its sets, no public prompt in both public ones.
 *
 * @param train          private, to be dealt to clients
 * @param test           private, held out by clients
 * @param ownerEvaluation of the private kinds, drawn for the model's owner; no client's text
 * @param publicTrain    for alignment
 * @param publicHeldOut  of the same kinds, to see what alignment does
 */
public record GeneratedSets(List<Example> train, List<Example> test, List<Example> ownerEvaluation,
        List<Example> publicTrain, List<Example> publicHeldOut) {

    /** How many records each set has; the first three are per domain. */
    public record Sizes(int train, int test, int ownerEvaluation, int publicTrain, int publicHeldOut) {
        /** The sizes of the recipe. */
        public static final Sizes STANDARD = new Sizes(300, 100, 100, 2000, 100);
    }

    /** A function of its arguments; what is public is general text. */
    public static GeneratedSets draw(PrivateTask task, Sizes sizes, long seed) {
        return draw(task, PublicText.GENERAL, sizes, seed);
    }

    /** A function of its arguments; the private sets are the same whatever is public. */
    public static GeneratedSets draw(PrivateTask task, PublicText publicText, Sizes sizes, long seed) {
        Set<String> seen = new HashSet<>();
        Set<String> seenPublic = new HashSet<>();
        return new GeneratedSets(
                ofDomains("train", task, sizes.train(), seed, seen),
                ofDomains("test", task, sizes.test(), seed, seen),
                ofDomains("owner", task, sizes.ownerEvaluation(), seed, seen),
                examples("public", publicText::draw, sizes.publicTrain(), Seeds.generator(seed, "public"), seenPublic),
                examples("public-held-out", publicText::draw, sizes.publicHeldOut(),
                        Seeds.generator(seed, "public-held-out"), seenPublic));
    }

    private static List<Example> ofDomains(String set, PrivateTask task, int perDomain, long seed, Set<String> seen) {
        List<Example> all = new ArrayList<>();
        for (String domain : PrivateTask.domains()) {
            SplitMix64 random = Seeds.generator(seed, "private", task, set, domain);
            all.addAll(examples(set + "-" + domain, r -> task.draw(r, domain), perDomain, random, seen));
        }
        // Domains alternate, so that the first records of a set are a fair sample of it.
        return IntStream.range(0, all.size())
                .mapToObj(i -> all.get(i % PrivateTask.domains().size() * perDomain + i / PrivateTask.domains().size()))
                .toList();
    }

    private static List<Example> examples(String set, Function<SplitMix64, GeneratedExample> kind, int count,
            SplitMix64 random, Set<String> seen) {
        List<Example> examples = new ArrayList<>();
        while (examples.size() < count) {
            GeneratedExample drawn = kind.apply(random);
            if (seen.add(drawn.prompt())) {
                examples.add(Example.of("generated " + set + ":" + (examples.size() + 1), drawn.prompt(), drawn.reply(),
                        Optional.of(drawn.category())));
            }
        }
        return List.copyOf(examples);
    }
}
