package org.fedbiot.learning.pretrain;

import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.fedbiot.learning.data.Seeds;
import org.fedbiot.learning.data.SplitMix64;
import org.fedbiot.learning.data.generated.GeneralText;
import org.fedbiot.learning.data.generated.GeneralText.Kind;
import org.fedbiot.learning.data.generated.GeneratedExample;
import org.fedbiot.learning.data.generated.PretrainingText;
import org.fedbiot.learning.data.generated.WeightedSequence;
import org.fedbiot.learning.model.Decoder;
import org.fedbiot.learning.model.LayerRef;
import org.fedbiot.learning.model.LlamaWeights;
import org.fedbiot.learning.torch.Torch;

/**
 * Exact match of whole replies. That every token of a reply is the most likely one after the right tokens before it is
 * the same as greedy decoding being exact, and needs one pass.
 */
public final class ReplyScore {
    private static final int BATCH = 50;

    private ReplyScore() {
    }

    /** Scores of fresh general records of each kind, by category. */
    public static Map<String, Double> byKind(LlamaWeights weights, int recordsPerKind, long seed) {
        Map<String, Double> scores = new LinkedHashMap<>();
        List<LayerRef> layers = IntStream.range(0, weights.config().layers()).mapToObj(i -> new LayerRef(i, i)).toList();
        for (Kind kind : Kind.values()) {
            SplitMix64 random = Seeds.generator(seed, "pretrain", "score", kind.category());
            scores.put(kind.category(), exactMatch(weights, layers,
                    Stream.generate(() -> GeneralText.draw(random, kind)).limit(recordsPerKind).toList()));
        }
        return scores;
    }

    /** Share of the records whose whole reply, with its end, is what these layers of the model would write. */
    public static double exactMatch(LlamaWeights weights, List<LayerRef> layers, List<GeneratedExample> examples) {
        int exact = 0;
        try (NDManager manager = Torch.newManager(weights.device()); Decoder decoder = new Decoder(weights)) {
            for (int from = 0; from < examples.size(); from += BATCH) {
                List<GeneratedExample> part = examples.subList(from, Math.min(from + BATCH, examples.size()));
                List<WeightedSequence> sequences = part.stream().map(PretrainingText::sequence).toList();
                try (LearningBatch batch = new LearningBatch(manager, sequences)) {
                    exact += batch.exact(decoder, layers);
                }
            }
        }
        return (double) exact / examples.size();
    }
}
