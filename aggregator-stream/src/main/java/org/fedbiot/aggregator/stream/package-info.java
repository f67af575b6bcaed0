/**
 * The rules as a Kafka Streams application, exactly once: topology, stores and the process around them.
 */
package org.fedbiot.aggregator.stream;
