/** How fast the aggregator screens and folds a round, exactly once, beside what the same bytes cost without it. */
package org.fedbiot.benchmarks.aggregation;
