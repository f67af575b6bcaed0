package org.fedbiot.learning.pretrain;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.fedbiot.learning.data.Example;
import org.fedbiot.learning.data.Seeds;
import org.fedbiot.learning.data.SplitMix64;
import org.fedbiot.learning.data.generated.GeneralText;
import org.fedbiot.learning.data.generated.GeneratedExample;
import org.fedbiot.learning.data.generated.GeneratedSets;
import org.fedbiot.learning.data.generated.PrivateTask;
import org.fedbiot.learning.method.LayerRule;
import org.fedbiot.learning.method.LayerSplit;
import org.fedbiot.learning.model.LayerRef;
import org.fedbiot.learning.model.LlamaWeights;

/**
 * What a pre-trained model can do, as shares of replies that are exact.
 *
 * @param byKind          of the general domain, by category
 * @param general         of records drawn by the kinds' shares
 * @param compressed      the same records without the layers that the demonstration drops
 * @param privateTasks    of private text, by task; near zero, or there is nothing left to fine-tune
 */
public record PretrainingReport(Map<String, Double> byKind, double general, double compressed,
        Map<PrivateTask, Double> privateTasks) {
    private static final int PER_KIND = 200;
    private static final int GENERAL = 600;
    private static final int ADAPTER_LAYERS = 4;
    private static final double DROP_RATE = 0.2;

    /** Scores weights on text drawn by a seed of its own, which no training step has drawn from. */
    public static PretrainingReport of(LlamaWeights weights, long seed) {
        int layers = weights.config().layers();
        LayerSplit split = LayerSplit.of(layers, 0, Math.min(ADAPTER_LAYERS, layers - 2), DROP_RATE, LayerRule.FLOOR);
        List<LayerRef> kept = Stream.of(split.keptLayers(), split.adapterLayers()).flatMap(List::stream)
                .map(layer -> new LayerRef(layer, layer)).toList();
        SplitMix64 random = Seeds.generator(seed, "report", "general");
        List<GeneratedExample> general = Stream.generate(() -> GeneralText.draw(random)).limit(GENERAL).toList();
        Map<PrivateTask, Double> privateTasks = new EnumMap<>(PrivateTask.class);
        for (PrivateTask task : PrivateTask.values()) {
            List<Example> records = GeneratedSets.draw(task, GeneratedSets.Sizes.STANDARD, seed).ownerEvaluation();
            privateTasks.put(task, ReplyScore.exactMatch(weights, all(layers), records.stream()
                    .map(r -> new GeneratedExample(r.prompt(), r.reply(), task.name())).toList()));
        }
        return new PretrainingReport(ReplyScore.byKind(weights, PER_KIND, seed),
                ReplyScore.exactMatch(weights, all(layers), general), ReplyScore.exactMatch(weights, kept, general),
                privateTasks);
    }

    /** A line for each figure, in per cent. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        byKind.forEach((kind, score) -> lines.add(line(kind + ", " + PER_KIND + " records", score)));
        lines.add(line("general text, " + GENERAL + " records", general));
        lines.add(line("the same without the layers that drop rate " + DROP_RATE + " removes", compressed));
        privateTasks.forEach((task, score) -> lines.add(line("private task " + task, score)));
        return lines;
    }

    private static String line(String what, double share) {
        return String.format(Locale.ROOT, "%5.1f %%  %s", 100 * share, what);
    }

    private static List<LayerRef> all(int layers) {
        return IntStream.range(0, layers).mapToObj(i -> new LayerRef(i, i)).toList();
    }
}
