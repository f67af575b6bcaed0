package org.fedbiot.learning.method;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How a model of L decoder layers is cut into teacher stack, emulator and adapter (fedbiot-method 1.1). All indices are
 * the full model's, 0-based and ascending.
 *
 * @param teacherLayers the contiguous stack that layer dropout thins
 * @param keptLayers the emulator: the teacher layers that survive. The first always does; the last does but for a few
 *     sizes, such as 12 of 16 layers, where {@code (m - 1) * stride} is a rounding error below {@code n - 1}. The
 *     authors' arithmetic is kept there too, so that a split means the same layers everywhere
 * @param adapterLayers the layers whose LoRA clients train: those before and those after the teacher stack
 */
public record LayerSplit(List<Integer> teacherLayers, List<Integer> keptLayers, List<Integer> adapterLayers) {

    /** Fewer give no stride to choose layers by, and the emulator's input and output would be one layer. */
    public static final int MINIMUM_EMULATOR_LAYERS = 2;

    public LayerSplit {
        teacherLayers = List.copyOf(teacherLayers);
        keptLayers = List.copyOf(keptLayers);
        adapterLayers = List.copyOf(adapterLayers);
        int layers = teacherLayers.size() + adapterLayers.size();
        List<Integer> all = Stream.concat(teacherLayers.stream(), adapterLayers.stream()).sorted().toList();
        if (!all.equals(range(0, layers)) || !ascending(adapterLayers)) {
            throw new IllegalArgumentException("Split: teacher layers " + teacherLayers + " and adapter layers "
                    + adapterLayers + " are not each layer of a model once");
        }
        if (keptLayers.size() < MINIMUM_EMULATOR_LAYERS) {
            throw new IllegalArgumentException("Split: an emulator needs at least " + MINIMUM_EMULATOR_LAYERS
                    + " layers, got " + keptLayers);
        }
        int first = teacherLayers.get(0);
        int last = teacherLayers.get(teacherLayers.size() - 1);
        if (!teacherLayers.equals(range(first, last + 1)) || !ascending(keptLayers)
                || keptLayers.get(0) != first || !teacherLayers.containsAll(keptLayers)) {
            throw new IllegalArgumentException("Split: emulator layers " + keptLayers
                    + " must lie in the contiguous teacher stack " + teacherLayers + " and keep its first");
        }
        if (last == layers - 1) {
            throw new IllegalArgumentException("Split: the last layer must belong to the adapter, adapter layers are "
                    + adapterLayers);
        }
    }

    /**
     * Cuts a model.
     *
     * @param layers decoder layers of the full model
     * @param front adapter layers at the input end; 0 in FedBiOT
     * @param back adapter layers at the output end; at least 1
     * @param dropRate share of teacher layers removed, in [0, 1)
     * @throws IllegalArgumentException if fewer than two emulator layers are left
     */
    public static LayerSplit of(int layers, int front, int back, double dropRate, LayerRule rule) {
        if (front < 0 || back < 1) {
            throw new IllegalArgumentException("Adapter of " + front + " front and " + back
                    + " back layers: front must be at least 0 and back at least 1");
        }
        if (!(dropRate >= 0 && dropRate < 1)) {
            throw new IllegalArgumentException("Drop rate " + dropRate + " is not in [0, 1)");
        }
        int teacher = layers - front - back;
        // Python's round, halves to even: the kept count must be the authors' (fedbiot-method 1.1 b).
        int kept = (int) Math.rint(Math.max(0, teacher) * (1 - dropRate));
        if (kept < MINIMUM_EMULATOR_LAYERS) {
            throw new IllegalArgumentException("Adapter of " + (front + back) + " layers (" + front + " front, " + back
                    + " back) and drop rate " + dropRate + " leave " + kept + " emulator layers of a model with "
                    + layers + "; at least " + MINIMUM_EMULATOR_LAYERS
                    + " are needed: choose a smaller adapter or a lower drop rate");
        }
        double stride = (double) (teacher - 1) / (kept - 1);
        List<Integer> keptLayers = IntStream.range(0, kept).map(i -> front + rule.index(i * stride)).boxed().toList();
        List<Integer> adapter = Stream.concat(range(0, front).stream(), range(layers - back, layers).stream()).toList();
        return new LayerSplit(range(front, layers - back), keptLayers, adapter);
    }

    /** Layers of the full model. */
    public int layers() {
        return teacherLayers.size() + adapterLayers.size();
    }

    /** Adapter layers before the teacher stack; empty in FedBiOT. */
    public List<Integer> frontAdapterLayers() {
        return adapterLayers.stream().filter(layer -> layer < teacherLayers.get(0)).toList();
    }

    /** Adapter layers after the teacher stack. */
    public List<Integer> backAdapterLayers() {
        return adapterLayers.stream().filter(layer -> layer > teacherLayers.get(0)).toList();
    }

    /** The layers of the compressed model in order; position i of this list is its layer i. */
    public List<Integer> heldLayers() {
        return Stream.concat(keptLayers.stream(), adapterLayers.stream()).sorted().toList();
    }

    private static List<Integer> range(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    private static boolean ascending(List<Integer> layers) {
        return IntStream.range(1, layers.size()).allMatch(i -> layers.get(i - 1) < layers.get(i));
    }
}
