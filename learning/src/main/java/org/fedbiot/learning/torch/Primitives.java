package org.fedbiot.learning.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * Differentiable building blocks, written in TorchScript because the Java binding has no RMSNorm, SwiGLU, scaled
 * dot-product attention, cross-entropy or bfloat16. Works in fp32 and bf16 alike, in any thread, on any device. Results belong to the
 * manager of the first argument. Losses are fp32 sums whatever the input type, so that the caller chooses the
 * denominator (fedbiot-method 1.4, 1.5).
 */
public final class Primitives {
    private static final String SOURCE = """
              def rms_norm(self, x: Tensor, gain: Tensor, eps: Tensor) -> Tensor:
                return torch.rms_norm(x, [torch.size(x, -1)], gain, float(eps))
              def linear(self, x: Tensor, w: Tensor) -> Tensor:
                return torch.linear(x, w, None)
              def lora_linear(self, x: Tensor, w: Tensor, a: Tensor, b: Tensor, scale: Tensor) -> Tensor:
                u = torch.linear(x, torch.to(a, x.dtype), None)
                return torch.addmm(torch.linear(x, w, None), torch.mul(u, float(scale)), torch.t(torch.to(b, x.dtype)), beta=1, alpha=1)
              def lora_dropout_linear(self, x: Tensor, w: Tensor, a: Tensor, b: Tensor, scale: Tensor, mask: Tensor, keep: Tensor) -> Tensor:
                d = torch.mul(torch.mul(x, torch.to(mask, x.dtype)), 1. / float(keep))
                u = torch.linear(d, torch.to(a, x.dtype), None)
                return torch.addmm(torch.linear(x, w, None), torch.mul(u, float(scale)), torch.t(torch.to(b, x.dtype)), beta=1, alpha=1)
              def rotate(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
                half = torch.floordiv(torch.size(x, -1), 2)
                low = torch.slice(x, -1, 0, half, 1)
                high = torch.slice(x, -1, half, 9223372036854775807, 1)
                return torch.add(torch.mul(x, cos), torch.mul(torch.cat([torch.neg(high), low], -1), sin))
              def heads(self, x: Tensor, head: int) -> Tensor:
                return torch.view(x, [torch.size(x, 0), torch.floordiv(torch.size(x, 1), head), head])
              def grid(self, x: Tensor, slots: Tensor) -> Tensor:
                b = torch.size(slots, 0)
                t = torch.size(slots, 1)
                h = torch.size(x, 1)
                d = torch.size(x, 2)
                if torch.eq(torch.size(x, 0), torch.mul(b, t)):
                  g = torch.view(x, [b, t, h, d])
                else:
                  g = torch.view(torch.embedding(torch.view(x, [-1, torch.mul(h, d)]), slots, -1, False, False), [b, t, h, d])
                return torch.transpose(g, 1, 2)
              def repeated(self, x: Tensor, heads: int) -> Tensor:
                b, k, t, d = torch.size(x, 0), torch.size(x, 1), torch.size(x, 2), torch.size(x, 3)
                if torch.eq(k, heads):
                  y = x
                else:
                  y = torch.reshape(torch.expand(torch.unsqueeze(x, 2), [b, k, torch.floordiv(heads, k), t, d]), [b, heads, t, d])
                return y
              def rotary(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
                r = self.rotate(self.heads(x, torch.size(cos, 1)), torch.unsqueeze(cos, 1), torch.unsqueeze(sin, 1))
                return torch.reshape(r, [torch.size(x, 0), -1])
              def attention(self, q: Tensor, k: Tensor, v: Tensor, cos: Tensor, sin: Tensor, slots: Tensor, rows: Tensor) -> Tensor:
                d = torch.size(cos, 1)
                c = torch.unsqueeze(cos, 1)
                s = torch.unsqueeze(sin, 1)
                n = torch.size(q, 0)
                h = torch.floordiv(torch.size(q, 1), d)
                qg = self.grid(self.rotate(self.heads(q, d), c, s), slots)
                kg = self.repeated(self.grid(self.rotate(self.heads(k, d), c, s), slots), h)
                vg = self.repeated(self.grid(self.heads(v, d), slots), h)
                o = torch.scaled_dot_product_attention(qg, kg, vg, None, 0., True)
                f = torch.reshape(torch.transpose(o, 1, 2), [-1, torch.mul(h, d)])
                if torch.eq(torch.size(f, 0), n):
                  y = f
                else:
                  y = torch.embedding(f, rows, -1, False, False)
                return y
              def cached_attention(self, q: Tensor, keys: Tensor, values: Tensor, mask: Tensor) -> Tensor:
                b = torch.size(keys, 0)
                t = torch.size(mask, 3)
                k = torch.size(keys, 2)
                d = torch.size(keys, 3)
                g = torch.view(q, [b, k, -1, d])
                kt = torch.transpose(torch.slice(keys, 1, 0, t, 1), 1, 2)
                vt = torch.transpose(torch.slice(values, 1, 0, t, 1), 1, 2)
                o = torch.scaled_dot_product_attention(g, kt, vt, mask, 0., False)
                return torch.reshape(o, [b, -1])
              def empty_cache(self, shape: Tensor, like: Tensor) -> Tensor:
                return torch.zeros([int(shape[0]), int(shape[1]), int(shape[2]), int(shape[3])], dtype=like.dtype, device=like.device)
              def write_slots(self, x: Tensor, cache: Tensor, slots: Tensor) -> Tensor:
                flat = torch.view(cache, [torch.mul(torch.size(cache, 0), torch.size(cache, 1)), -1])
                y = torch.index_copy_(flat, 0, slots, x)
                return x
              def swiglu(self, gate: Tensor, up: Tensor) -> Tensor:
                return torch.mul(torch.silu(gate), up)
              def embed(self, ids: Tensor, table: Tensor) -> Tensor:
                return torch.embedding(table, ids, -1, False, False)
              def rows(self, x: Tensor, index: Tensor) -> Tensor:
                return torch.embedding(x, index, -1, False, False)
              def copy(self, x: Tensor) -> Tensor:
                return torch.clone(x, memory_format=None)
              def to_host(self, x: Tensor) -> Tensor:
                return torch.cpu(x)
              def to_bfloat16(self, x: Tensor) -> Tensor:
                return torch.to(x, 15)
              def to_float32(self, x: Tensor) -> Tensor:
                return torch.to(x, 6)
              def like(self, x: Tensor, other: Tensor) -> Tensor:
                return torch.to(x, other.dtype)
              def scale(self, x: Tensor, factor: Tensor) -> Tensor:
                return torch.mul(x, float(factor))
              def cross_entropy_sum(self, logits: Tensor, targets: Tensor) -> Tensor:
                return torch.cross_entropy_loss(torch.to(logits, 6), targets, None, 2, -100, 0.)
              def cross_entropy_rows(self, logits: Tensor, targets: Tensor) -> Tensor:
                return torch.cross_entropy_loss(torch.to(logits, 6), targets, None, 0, -100, 0.)
              def kl_sum(self, student: Tensor, teacher: Tensor, temperature: Tensor) -> Tensor:
                c = 1. / float(temperature)
                s = torch.log_softmax(torch.mul(torch.to(student, 6), c), -1, None)
                t = torch.log_softmax(torch.mul(torch.to(teacher, 6), c), -1, None)
                return torch.kl_div(s, t, 2, log_target=True)
              def square_sum(self, x: Tensor) -> Tensor:
                y = torch.to(x, 6)
                return torch.sum(torch.mul(y, y), dtype=None)
              def squared_difference_sum(self, x: Tensor, y: Tensor) -> Tensor:
                d = torch.sub(torch.to(x, 6), torch.to(y, 6))
                return torch.sum(torch.mul(d, d), dtype=None)
              def product_sum(self, x: Tensor, y: Tensor) -> Tensor:
                return torch.sum(torch.mul(torch.to(x, 6), torch.to(y, 6)), dtype=None)
              def argmax(self, x: Tensor) -> Tensor:
                return torch.argmax(torch.to(x, 6), -1, False)
              def adamw(self, p: Tensor, g: Tensor, m: Tensor, v: Tensor, c: Tensor) -> Tensor:
                p0 = torch.mul_(p, float(c[0]))
                m0 = torch.lerp_(m, g, float(c[1]))
                v0 = torch.addcmul_(torch.mul_(v, float(c[2])), g, g, value=float(c[3]))
                n = torch.add_(torch.div_(torch.sqrt(v), float(c[4])), float(c[5]))
                return torch.addcdiv_(p, m, n, value=float(c[6]))
              def muon_direction(self, m: Tensor, g: Tensor, momentum: Tensor) -> Tensor:
                m0 = torch.lerp_(m, g, 1. - float(momentum))
                x = torch.lerp(g, m0, float(momentum))
                tall = torch.gt(torch.size(x, 1), torch.size(x, 2))
                if tall:
                  y = torch.transpose(x, 1, 2)
                else:
                  y = x
                z = torch.div(y, torch.add(torch.linalg_vector_norm(y, 2, [1, 2], True), 1e-07))
                for i in range(5):
                  a = torch.bmm(z, torch.transpose(z, 1, 2))
                  b = torch.add(torch.mul(a, -4.775), torch.bmm(a, a), alpha=2.0315)
                  z = torch.add(torch.bmm(b, z), z, alpha=3.4445)
                if tall:
                  w = torch.transpose(z, 1, 2)
                else:
                  w = z
                return w
              def scale_in_place(self, x: Tensor, factor: Tensor) -> Tensor:
                return torch.mul_(x, float(factor))
            """;

    private final ScriptModule module;
    private final Constants constants;
    private final NDManager manager;

    private Primitives() {
        manager = Torch.newManager();
        module = new ScriptModule(manager, SOURCE.replace("(self,", "(self: __torch__.M,"));
        constants = new Constants(manager);
    }

    /** The one instance of the process; starts the engine where needed. */
    public static Primitives shared() {
        return Holder.INSTANCE;
    }

    /** x / sqrt(mean(x²) + epsilon) · gain over the last axis; rows [N, H], gain [H]. */
    public NDArray rmsNorm(NDArray rows, NDArray gain, double epsilon) {
        return module.call("rms_norm", rows, gain, constants.scalar(epsilon));
    }

    /** x·Wᵀ; rows [N, in], weight [out, in]. */
    public NDArray linear(NDArray rows, NDArray weight) {
        return module.call("linear", rows, weight);
    }

    /** x·Wᵀ + scale·(x·Aᵀ)·Bᵀ with fp32 factors A [r, in], B [out, r] cast to the type of the rows inside the graph. */
    public NDArray loraLinear(NDArray rows, NDArray weight, NDArray a, NDArray b, double scale) {
        return module.call("lora_linear", rows, weight, a, b, constants.scalar(scale));
    }

    /** As {@link #loraLinear}, where the branch sees x·mask/keep: mask [N, in] of 0 and 1, one byte each. */
    public NDArray loraLinear(NDArray rows, NDArray weight, NDArray a, NDArray b, double scale, NDArray mask, double keep) {
        return module.call("lora_dropout_linear", rows, weight, a, b, constants.scalar(scale), mask, constants.scalar(keep));
    }

    /** Half-split rotary embedding of rows [N, heads·d] by cos and sin [N, d]. */
    public NDArray rotary(NDArray rows, NDArray cos, NDArray sin) {
        return module.call("rotary", rows, cos, sin);
    }

    /**
     * Causal attention with rotary positions over packed rows: q [N, heads·d], k and v [N, kvHeads·d], cos and sin
     * [N, d], {@code slots} [B, T] the row of each padded place, {@code rows} [N] the padded place of each row. Padding
     * exists inside this call only.
     */
    public NDArray attention(NDArray q, NDArray k, NDArray v, NDArray cos, NDArray sin, NDArray slots, NDArray rows) {
        return module.call("attention", q, k, v, cos, sin, slots, rows);
    }

    /** One query per sequence, q [B, heads·d] already rotated, over cached keys and values [B, places, kvHeads, d] where mask [B, 1, 1, T] is true. */
    public NDArray cachedAttention(NDArray q, NDArray keys, NDArray values, NDArray mask) {
        return module.call("cached_attention", q, keys, values, mask);
    }

    /**
     * Zeros of the type of {@code like} and where it is; {@code shape} is an int64 array of four, whose manager owns the
     * result.
     */
    public NDArray emptyCache(NDArray shape, NDArray like) {
        return module.call("empty_cache", shape, like);
    }

    /** Writes rows [N, ·] in place to the flat places {@code slots} [N] of a cache [B, places, …]. */
    public void writeSlots(NDArray rows, NDArray cache, NDArray slots) {
        module.call("write_slots", rows, cache, slots).close();
    }

    /** silu(gate)·up. */
    public NDArray swiglu(NDArray gate, NDArray up) {
        return module.call("swiglu", gate, up);
    }

    /** Rows of the table [V, H] for int64 ids [N]; the result belongs to the manager of the ids. */
    public NDArray embed(NDArray ids, NDArray table) {
        return module.call("embed", ids, table);
    }

    /** The rows of x [N, H] at an int64 index [K]; the gradient adds up where an index repeats. */
    public NDArray rows(NDArray x, NDArray index) {
        return module.call("rows", x, index);
    }

    /**
     * A copy in memory of libtorch's own: aligned as its kernels like it, and safe to close while a graph still refers to
     * it. An array made from Java values is neither.
     */
    public NDArray copy(NDArray x) {
        return module.call("copy", x);
    }

    /** The same values in memory that Java can read; the memory is shared where it is such already. */
    NDArray toHost(NDArray x) {
        return module.call("to_host", x);
    }

    /** Differentiable cast; the binding's own cast cuts the graph without a word, and aborts the process for bf16. */
    public NDArray toBfloat16(NDArray x) {
        return module.call("to_bfloat16", x);
    }

    /** Differentiable cast to fp32. */
    public NDArray toFloat32(NDArray x) {
        return module.call("to_float32", x);
    }

    /** Differentiable cast to the type of another array. */
    public NDArray castLike(NDArray x, NDArray other) {
        return module.call("like", x, other);
    }

    /** x·factor; never use the binding's mul(Number) inside a graph (see {@link Constants}). */
    public NDArray scale(NDArray x, double factor) {
        return module.call("scale", x, constants.scalar(factor));
    }

    /** fp32 scalar: sum over rows of −log softmax(logits)[target]; logits [N, V], int64 targets [N], −100 counts nothing. */
    public NDArray crossEntropySum(NDArray logits, NDArray targets) {
        return module.call("cross_entropy_sum", logits, targets);
    }

    /** fp32 [N]: −log softmax(logits)[target] of every row, 0 where the target is −100. */
    public NDArray crossEntropyRows(NDArray logits, NDArray targets) {
        return module.call("cross_entropy_rows", logits, targets);
    }

    /**
     * fp32 scalar: sum over rows of KL(teacher‖student) at a temperature, with no τ² factor (fedbiot-method 1.4); both
     * [N, V]. Select the rows that count before the call.
     */
    public NDArray klSum(NDArray student, NDArray teacher, double temperature) {
        return module.call("kl_sum", student, teacher, constants.scalar(temperature));
    }

    /** fp32 scalar: sum of squares of all elements. */
    public NDArray squareSum(NDArray x) {
        return module.call("square_sum", x);
    }

    /**
     * fp32 scalar: sum of (x − y)². The relative mean squared error of fedbiot-method 1.4 is
     * squaredDifferenceSum(S, T) / squareSum(T): ρ² = mean(T²), and the element counts cancel.
     */
    public NDArray squaredDifferenceSum(NDArray x, NDArray y) {
        return module.call("squared_difference_sum", x, y);
    }

    /** fp32 scalar: sum of x·y. With y a gradient it is the stand-in whose gradient in x is y (see ChunkedRows). */
    public NDArray productSum(NDArray x, NDArray y) {
        return module.call("product_sum", x, y);
    }

    /** int64 [N]: index of the largest element of each row, the first where several are equal. */
    public NDArray argmax(NDArray x) {
        return module.call("argmax", x);
    }

    void adamw(NDArray parameter, NDArray gradient, NDArray first, NDArray second, NDArray coefficients) {
        module.call("adamw", parameter, gradient, first, second, coefficients).close();
    }

    /** Updates the momentum [L, out, in] in place and gives the near-orthogonal direction of its Nesterov form. */
    NDArray muonDirection(NDArray momentumBuffer, NDArray gradients, double momentum) {
        return module.call("muon_direction", momentumBuffer, gradients, constants.scalar(momentum));
    }

    void scaleInPlace(NDArray x, double factor) {
        try (NDArray f = manager.create(new double[] {factor}, new Shape())) {
            module.call("scale_in_place", x, f).close();
        }
    }

    /** Numbers for a script to read, on the CPU: read from another device, each would wait for all that goes on there. */
    NDArray numbers(double... values) {
        return manager.create(values);
    }

    private static final class Holder {
        static final Primitives INSTANCE = new Primitives();
    }
}
