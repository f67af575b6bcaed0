package org.fedbiot.learning.method;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.fedbiot.learning.data.TokenizedExample;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.learning.model.LlamaWeights;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.learning.torch.Torch;

/** Run in a virtual machine of its own: prints the hashes of an alignment's and a local training's result. */
final class RepeatableWork {
    private static final int THREADS = 2;

    private RepeatableWork() {
    }

    public static void main(String[] arguments) throws NoSuchAlgorithmException {
        LoraSpec lora = TinyModel.dropout(0.1);
        OptimiserOptions optimiser = new OptimiserOptions(5e-3, 0.9, 0.95, 0.01);
        List<TokenizedExample> records = TinyModel.examples(20, 3);
        try (LlamaWeights weights = TinyModel.weights(BaseType.valueOf(arguments[0]));
                SplitModel model = SplitModel.onServer(weights, TinyModel.split(0, 0.4))) {
            Torch.useThreads(THREADS);
            FactorVector adapter = Alignment.initialAdapter(model, lora, 1);
            FactorVector emulator = Alignment.initialEmulator(model, lora, 1);
            AlignmentOptions aligning = new AlignmentOptions(8, 60, optimiser, 0, 1, 1, AlignmentPositions.ALL,
                    TeacherAdapter.CURRENT, OptimiserState.RESET);
            FactorVector aligned = new Alignment(model, lora, aligning)
                    .run(new AlignmentTask("run-1", 0, 4, 1, emulator, adapter, Optional.empty()), records,
                            TinyModel.examples(4, 5), Progress.NONE).emulator();
            TrainingOptions training = new TrainingOptions(4, 8, 60, optimiser, 0.01, ProximalForm.HALF,
                    ProximalSpace.PRODUCT);
            FactorVector trained = new LocalTraining(model, lora, training)
                    .run(new LocalRound("run-1", "client-1", 1, 1, adapter, aligned), records, Progress.NONE)
                    .difference();
            System.out.println(hash(aligned) + " " + hash(trained));
        }
    }

    private static String hash(FactorVector factors) throws NoSuchAlgorithmException {
        float[] values = factors.values();
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
        bytes.asFloatBuffer().put(values);
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    }
}
