package org.fedbiot.learning.model;

import ai.djl.ndarray.NDArray;

/** The two fp32 factors of one linear: A [rank, in], B [out, rank]. Owned by their {@link LoraParameters}. */
public record LoraFactors(NDArray a, NDArray b) {}
