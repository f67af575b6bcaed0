package org.fedbiot.learning.method;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Optional;
import org.fedbiot.learning.data.TokenizedExample;
import org.fedbiot.learning.model.LayerRef;
import org.fedbiot.learning.model.LoraParameters;
import org.fedbiot.learning.model.PackedBatch;
import org.fedbiot.learning.torch.Torch;

/**
 * The losses written down again from the specification, in doubles, one sequence at a time and so without padding,
 * packing, pieces or chunks. Only the decoder's layers are shared with the code under test.
 */
final class Oracle {
    private Oracle() {
    }

    /** Hidden states and logits of one sequence after some layers. */
    record Pass(double[][] hidden, double[][] logits) {
    }

    static Pass pass(SplitModel model, List<LayerRef> layers, int[] tokens, LoraParameters... lora) {
        try (NDManager manager = Torch.newManager();
                PackedBatch batch = PackedBatch.of(manager, List.of(tokens))) {
            NDArray hidden = model.decoder().embed(batch);
            if (!layers.isEmpty()) {
                hidden = model.decoder().layers(layers, hidden, batch, List.of(lora), Optional.empty());
            }
            return new Pass(rows(hidden), rows(model.decoder().logits(hidden)));
        }
    }

    /** fedbiot-method 1.4: mean(((T - S) / rho)²), rho = sqrt(mean(T²)). */
    static double relativeError(double[][] teacher, double[][] student) {
        double squares = 0;
        double errors = 0;
        int count = 0;
        for (int i = 0; i < teacher.length; i++) {
            for (int j = 0; j < teacher[i].length; j++) {
                squares += teacher[i][j] * teacher[i][j];
                errors += (teacher[i][j] - student[i][j]) * (teacher[i][j] - student[i][j]);
                count++;
            }
        }
        double rho = Math.sqrt(squares / count);
        return errors / count / (rho * rho);
    }

    /** fedbiot-method 1.4: mean over positions of sum p_t (log p_t - log p_s). */
    static double divergence(double[][] teacher, double[][] student, double temperature) {
        double sum = 0;
        for (int i = 0; i < teacher.length; i++) {
            double[] t = logProbabilities(teacher[i], temperature);
            double[] s = logProbabilities(student[i], temperature);
            for (int v = 0; v < t.length; v++) {
                sum += Math.exp(t[v]) * (t[v] - s[v]);
            }
        }
        return sum / teacher.length;
    }

    /** fedbiot-method 1.5: sum over reply tokens of -log p. */
    static double crossEntropySum(TokenizedExample example, double[][] logits) {
        double sum = 0;
        for (int t = example.promptLength(); t < example.tokens().length; t++) {
            sum -= logProbabilities(logits[t - 1], 1)[example.tokens()[t]];
        }
        return sum;
    }

    static double[] logProbabilities(double[] logits, double temperature) {
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit / temperature);
        }
        double[] result = new double[logits.length];
        for (int v = 0; v < logits.length; v++) {
            result[v] = logits[v] / temperature - Math.log(sum);
        }
        return result;
    }

    private static double[][] rows(NDArray array) {
        float[] flat = array.toFloatArray();
        int columns = (int) array.getShape().get(1);
        double[][] rows = new double[flat.length / columns][columns];
        for (int i = 0; i < flat.length; i++) {
            rows[i / columns][i % columns] = flat[i];
        }
        return rows;
    }
}
