package org.fedbiot.cli.experiment.cost;

/** What LoRA factors a decoder layer carries in a pass. */
enum Branch {
    /** None: the layer runs on its base weights. */
    NONE,
    /** Factors that are computed with but not trained. */
    FROZEN,
    /** Factors that the pass trains. */
    TRAINED
}
