/**
 * The coordinator at Kafka's edge: reads inputs, lets the pure core decide, and commits decisions, their projections
 * and the input offsets in one transaction.
 */
package org.fedbiot.coordinator.runtime;
