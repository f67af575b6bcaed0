/**
 * The LLaMA decoder with LoRA on its linears: configuration, weights, factors, packed batches, forward pass and
 * generation. Written to read like the equations; the method on top of it lives in its own package.
 */
package org.fedbiot.learning.model;
