/** Resources for Strimzi, the operator that runs Kafka on Kubernetes, made from the topic catalogue. */
package org.fedbiot.infra.strimzi;
