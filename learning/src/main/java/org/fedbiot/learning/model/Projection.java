package org.fedbiot.learning.model;

/** The seven linears of a decoder layer, in the canonical order of factors. */
public enum Projection {
    Q("self_attn.q_proj"),
    K("self_attn.k_proj"),
    V("self_attn.v_proj"),
    O("self_attn.o_proj"),
    GATE("mlp.gate_proj"),
    UP("mlp.up_proj"),
    DOWN("mlp.down_proj");

    private final String path;

    Projection(String path) {
        this.path = path;
    }

    /** Path inside a layer, such as "self_attn.q_proj". */
    public String path() {
        return path;
    }

    /** Name as users and configurations write it: "q_proj". */
    public String shortName() {
        return path.substring(path.indexOf('.') + 1);
    }

    /** The projection of a short name ("q_proj", or just "q"). */
    public static Projection of(String name) {
        for (Projection projection : values()) {
            if (projection.shortName().equals(name) || projection.shortName().equals(name + "_proj")) {
                return projection;
            }
        }
        throw new IllegalArgumentException("Unknown LoRA target '" + name + "': use q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj");
    }

    /** Columns of the weight. */
    public int inputSize(LlamaConfig config) {
        return switch (this) {
            case Q, K, V, GATE, UP -> config.hiddenSize();
            case O -> config.querySize();
            case DOWN -> config.intermediateSize();
        };
    }

    /** Rows of the weight. */
    public int outputSize(LlamaConfig config) {
        return switch (this) {
            case Q -> config.querySize();
            case K, V -> config.keyValueSize();
            case O, DOWN -> config.hiddenSize();
            case GATE, UP -> config.intermediateSize();
        };
    }
}
