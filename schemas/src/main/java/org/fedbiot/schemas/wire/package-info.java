/**
 * How an event becomes a Kafka record: Confluent's wire format against a schema registry, readable keys and headers.
 * Serde classes are named in configuration, so that another Avro serde can take their place without a rebuild.
 */
package org.fedbiot.schemas.wire;
