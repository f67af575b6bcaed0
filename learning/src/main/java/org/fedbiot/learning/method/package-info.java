/**
 * FedBiOT itself: the split, layer dropout, alignment of the emulator, local training of the adapter, and the four
 * models that are evaluated. Every choice that the paper leaves open is a named option (fedbiot-method 6.2).
 */
package org.fedbiot.learning.method;
