/** Measurements beside a peer in the same run: what they print is a ratio, since seconds depend on the machine. */
package org.fedbiot.benchmarks;
