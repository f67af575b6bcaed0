/**
 * The edge to libtorch: engine and threads, the scripted primitives that DJL lacks, gradients and AdamW. Everything
 * above this package computes with arrays and never meets a pitfall of the binding.
 */
package org.fedbiot.learning.torch;
