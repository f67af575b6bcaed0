/**
 * Kafka and the schema registry on one machine: a real broker in this process, and a registry that answers any client
 * of Confluent's REST API.
 */
package org.fedbiot.infra;
