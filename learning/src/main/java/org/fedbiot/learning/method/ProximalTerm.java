package org.fedbiot.learning.method;

import java.util.List;
import org.fedbiot.learning.model.FactorTensor;
import org.fedbiot.learning.model.FactorVector;

/**
 * Keeps the adapter near the version that the round announced (fedbiot-method 1.3, 1.5): the squared distance, summed
 * over modules, times epsilon (FULL) or epsilon / 2 (HALF).
 *
 * <p>In PRODUCT space the distance is {@code scale * (B A - B0 A0)}, never built: with dA = A - A0 and dB = B - B0 it is
 * {@code scale * (dB A + B0 dA)}, so that
 *
 * <pre>
 * R     = scale^2 ( &lt;dB'dB, A A'&gt; + 2 &lt;dB'B0, A dA'&gt; + &lt;B0'B0, dA dA'&gt; )
 * dR/dB = 2 scale^2 ( dB (A A') + B0 (dA A') )
 * dR/dA = 2 scale^2 ( (B'dB) A + (B'B0) dA )
 * </pre>
 *
 * all by r x r products. This is the specification's r x r form with the differences taken first: near the anchor the
 * original's three large terms cancel and leave rounding noise. Doubles, no tensors: its cost beside a step is nothing.
 */
public final class ProximalTerm {

    private final FactorVector anchor;
    private final float[] anchorValues;
    private final double factor;
    private final double squaredScale;
    private final ProximalSpace space;

    /**
     * A term around an anchor.
     *
     * @param anchor the announced adapter
     * @param scale LoRA's alpha / rank
     * @param weight epsilon
     */
    public ProximalTerm(FactorVector anchor, double scale, double weight, ProximalForm form, ProximalSpace space) {
        this.anchor = anchor;
        this.anchorValues = anchor.values();
        this.factor = form == ProximalForm.HALF ? weight / 2 : weight;
        this.squaredScale = scale * scale;
        this.space = space;
    }

    /**
     * The term and its gradient at a point.
     *
     * @param values factors in the anchor's layout
     * @return value, and gradient in the same layout
     */
    public Result at(float[] values) {
        if (values.length != anchorValues.length) {
            throw new IllegalArgumentException("Proximal term: " + values.length + " factors, its anchor has "
                    + anchorValues.length);
        }
        float[] gradient = new float[values.length];
        double value = space == ProximalSpace.PRODUCT ? product(values, gradient) : factors(values, gradient);
        return new Result(factor * value, gradient);
    }

    /**
     * Value and gradient.
     *
     * @param value the term, weight included
     * @param gradient of the value, in the anchor's layout
     */
    public record Result(double value, float[] gradient) {
    }

    private double factors(float[] values, float[] gradient) {
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            double difference = (double) values[i] - anchorValues[i];
            sum += difference * difference;
            gradient[i] = (float) (2 * factor * difference);
        }
        return sum;
    }

    private double product(float[] values, float[] gradient) {
        List<FactorTensor> tensors = anchor.layout().tensors();
        double sum = 0;
        int at = 0;
        for (int i = 0; i < tensors.size(); i += 2) {
            FactorTensor a = tensors.get(i);
            FactorTensor b = tensors.get(i + 1);
            Module module = new Module(values, anchorValues, at, a.rows(), a.columns(), b.rows());
            sum += squaredScale * module.squaredDistance();
            module.addGradient(gradient, 2 * factor * squaredScale);
            at += a.rows() * a.columns() + b.rows() * b.columns();
        }
        return sum;
    }

    /** One linear's factors, transposed to r-long lines: row k of A is a line, column k of B is a line. */
    private static final class Module {
        private final int start;
        private final int rank;
        private final int in;
        private final int out;
        private final double[][] a;
        private final double[][] da;
        private final double[][] b;
        private final double[][] b0;
        private final double[][] db;

        Module(float[] now, float[] anchor, int start, int rank, int in, int out) {
            this.start = start;
            this.rank = rank;
            this.in = in;
            this.out = out;
            a = new double[rank][in];
            da = new double[rank][in];
            b = new double[rank][out];
            b0 = new double[rank][out];
            db = new double[rank][out];
            for (int k = 0; k < rank; k++) {
                for (int j = 0; j < in; j++) {
                    int index = start + k * in + j;
                    a[k][j] = now[index];
                    da[k][j] = (double) now[index] - anchor[index];
                }
                for (int i = 0; i < out; i++) {
                    int index = start + rank * in + i * rank + k;
                    b[k][i] = now[index];
                    b0[k][i] = anchor[index];
                    db[k][i] = (double) now[index] - anchor[index];
                }
            }
        }

        double squaredDistance() {
            return inner(gram(db, db), gram(a, a)) + 2 * inner(gram(db, b0), gram(a, da))
                    + inner(gram(b0, b0), gram(da, da));
        }

        void addGradient(float[] gradient, double weight) {
            double[][] aa = gram(a, a);
            double[][] daa = gram(da, a);
            double[][] bdb = gram(b, db);
            double[][] bb0 = gram(b, b0);
            for (int k = 0; k < rank; k++) {
                for (int j = 0; j < in; j++) {
                    double sum = 0;
                    for (int l = 0; l < rank; l++) {
                        sum += bdb[k][l] * a[l][j] + bb0[k][l] * da[l][j];
                    }
                    gradient[start + k * in + j] = (float) (weight * sum);
                }
                for (int i = 0; i < out; i++) {
                    double sum = 0;
                    for (int l = 0; l < rank; l++) {
                        sum += db[l][i] * aa[l][k] + b0[l][i] * daa[l][k];
                    }
                    gradient[start + rank * in + i * rank + k] = (float) (weight * sum);
                }
            }
        }

        private double[][] gram(double[][] x, double[][] y) {
            double[][] products = new double[rank][rank];
            for (int k = 0; k < rank; k++) {
                for (int l = 0; l < rank; l++) {
                    double sum = 0;
                    for (int i = 0; i < x[k].length; i++) {
                        sum += x[k][i] * y[l][i];
                    }
                    products[k][l] = sum;
                }
            }
            return products;
        }

        private static double inner(double[][] x, double[][] y) {
            double sum = 0;
            for (int k = 0; k < x.length; k++) {
                for (int l = 0; l < x.length; l++) {
                    sum += x[k][l] * y[k][l];
                }
            }
            return sum;
        }
    }
}
