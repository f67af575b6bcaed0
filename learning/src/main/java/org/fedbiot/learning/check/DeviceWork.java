package org.fedbiot.learning.check;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.fedbiot.learning.check.DeviceFigures.Close;
import org.fedbiot.learning.check.DeviceFigures.Exact;
import org.fedbiot.learning.data.Seeds;
import org.fedbiot.learning.data.SplitMix64;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.model.Decoder;
import org.fedbiot.learning.model.FactorLayout;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.learning.model.Generation;
import org.fedbiot.learning.model.LayerRef;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.model.LlamaWeights;
import org.fedbiot.learning.model.LoraDropout;
import org.fedbiot.learning.model.LoraParameters;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.learning.model.PackedBatch;
import org.fedbiot.learning.model.Projection;
import org.fedbiot.learning.model.Sampling;
import org.fedbiot.learning.torch.AdamW;
import org.fedbiot.learning.torch.ComputeDevice;
import org.fedbiot.learning.torch.Gradients;
import org.fedbiot.learning.torch.HostValues;
import org.fedbiot.learning.torch.Primitives;
import org.fedbiot.learning.torch.Torch;

/** Does on one device what training, alignment and evaluation are made of. */
final class DeviceWork {
    private static final LlamaConfig CONFIG = new LlamaConfig(96, 64, 160, 3, 4, 2, 16, 10_000, 1e-5, false, 64);
    private static final LoraSpec LORA = new LoraSpec(4, 8, 0.1, List.of(Projection.values()));
    private static final List<LayerRef> LAYERS =
            IntStream.range(0, CONFIG.layers()).mapToObj(layer -> new LayerRef(layer, layer)).toList();
    private static final int[] REPLY_ROWS = {2, 3, 4, 8, 9};
    private static final int[] REPLY_TOKENS = {7, 11, 13, 17, 19};
    private static final List<int[]> SEQUENCES = List.of(new int[] {1, 5, 9, 14, 33, 2}, new int[] {1, 71, 40, 95, 8});
    private static final float[] FLOATS = {0f, -0f, 1f, -1.5f, Float.MIN_VALUE, Float.MAX_VALUE, 1 / 3f,
        Float.NEGATIVE_INFINITY};
    private static final long[] LONGS = {0, -1, 1L << 40, Long.MAX_VALUE};
    private static final byte[] BYTES = {0, 1, 127, (byte) 255};
    private static final int NEW_TOKENS = 8;
    private static final long SEED = 5;

    private final ComputeDevice device;
    private final Map<Exact, byte[]> exact = new EnumMap<>(Exact.class);
    private final Map<Close, float[]> close = new EnumMap<>(Close.class);

    private DeviceWork(ComputeDevice device) {
        this.device = device;
    }

    static DeviceFigures on(ComputeDevice device) {
        DeviceWork work = new DeviceWork(device);
        Torch.require(device);
        work.roundTrips();
        work.model(BaseType.FLOAT32, Close.FLOAT32_LOGITS, Close.FLOAT32_GRADIENTS);
        work.model(BaseType.BFLOAT16, Close.BFLOAT16_LOGITS, Close.BFLOAT16_GRADIENTS);
        return new DeviceFigures(work.exact, work.close);
    }

    private void roundTrips() {
        try (NDManager manager = Torch.newManager(device)) {
            exact.put(Exact.FLOAT32_ROUND_TRIP, bytes(manager.create(FLOATS)));
            exact.put(Exact.INT64_ROUND_TRIP, bytes(manager.create(LONGS)));
            ByteBuffer small = manager.allocateDirect(BYTES.length).put(BYTES).flip();
            exact.put(Exact.UINT8_ROUND_TRIP, bytes(manager.create(small, new Shape(BYTES.length), DataType.UINT8)));
        }
    }

    private void model(BaseType type, Close logits, Close gradients) {
        try (LlamaWeights weights = LlamaWeights.load(CONFIG, new GeneratedTensors(CONFIG, SEED), type, device);
                Decoder decoder = new Decoder(weights);
                NDManager manager = Torch.newManager(device);
                LoraParameters lora = new LoraParameters(manager, factors(), LORA, true);
                PackedBatch batch = PackedBatch.of(manager, SEQUENCES)) {
            NDArray plain = decoder.layers(LAYERS, decoder.embed(batch), batch, List.of(lora), Optional.empty());
            close.put(logits, HostValues.floats(Primitives.shared().toFloat32(decoder.logits(plain))));
            backward(decoder, lora, batch);
            close.put(gradients, lora.gradients());
            if (type == BaseType.BFLOAT16) {
                exact.put(Exact.BFLOAT16_WEIGHTS, array(weights.bytes(LlamaWeights.EMBEDDING)));
                return;
            }
            try (AdamW adam = new AdamW(manager, new AdamW.Settings(1e-2, .9, .95, 1e-8, .01), lora.arrays())) {
                adam.step();
            }
            close.put(Close.FLOAT32_STEP, lora.toVector().values());
            exact.put(Exact.GREEDY_TOKENS, generated(decoder, lora));
        }
    }

    private static void backward(Decoder decoder, LoraParameters lora, PackedBatch batch) {
        try (Gradients gradients = Gradients.record()) {
            NDArray hidden = decoder.layers(LAYERS, decoder.embed(batch), batch, List.of(lora),
                    Optional.of(new LoraDropout(LORA.dropout(), SEED, 0)));
            NDArray rows = Primitives.shared().rows(hidden, batch.index(REPLY_ROWS));
            gradients.backward(Primitives.shared().crossEntropySum(decoder.logits(rows), batch.index(REPLY_TOKENS)));
        }
    }

    private static byte[] generated(Decoder decoder, LoraParameters lora) {
        Generation generation = new Generation(decoder, LAYERS, List.of(lora),
                new Generation.Settings(NEW_TOKENS, SEQUENCES.size(), Set.of(), Sampling.greedy()));
        int[] tokens = generation.replies(SEQUENCES, ended -> { }).stream().flatMapToInt(IntStream::of).toArray();
        ByteBuffer all = ByteBuffer.allocate(tokens.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        all.asIntBuffer().put(tokens);
        return all.array();
    }

    /** With a B that is not zero, so that every gradient is at work. */
    private static FactorVector factors() {
        FactorLayout layout = FactorLayout.of(CONFIG, LORA, IntStream.range(0, CONFIG.layers()).boxed().toList());
        SplitMix64 random = Seeds.generator(SEED, "factors");
        float[] values = new float[layout.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (0.1 * random.nextGaussian());
        }
        return FactorVector.of(layout, values);
    }

    private static byte[] bytes(NDArray array) {
        return array(HostValues.bytes(array));
    }

    private static byte[] array(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
