package org.fedbiot.benchmarks;

/** Wall time of one forward pass or training step, and its mean next-token loss. */
record Measurement(double seconds, double loss) {}
