package org.fedbiot.cli.experiment.cost;

/** What a run's rounds exchange in simulated time. */
enum Exchange {
    /** What the run did: factors, and the compressed model once. */
    FACTORS,
    /**
     * All weights of the full model both ways, trained as a whole, without a server's alignment: what federated
     * averaging without LoRA would have taken for the same rounds. Never run; its scores are taken to be the run's.
     */
    ALL_WEIGHTS
}
