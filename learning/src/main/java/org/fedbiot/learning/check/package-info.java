/**
 * Whether a device computes what the CPU computes: types, logits, gradients and a step of the optimiser on a small
 * generated model. Asked before a worker takes work on a device that is not the CPU.
 */
package org.fedbiot.learning.check;
