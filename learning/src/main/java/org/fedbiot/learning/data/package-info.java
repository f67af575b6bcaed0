/**
 * Records, tokens, partitions and the seeded orders in which they are read. Everything is a function of its seed.
 */
package org.fedbiot.learning.data;
