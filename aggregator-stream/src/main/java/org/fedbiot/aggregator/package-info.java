/**
 * The rules of screening and folding: what is accepted, what an adapter version is made of. No Kafka, clock, random
 * numbers or files in here: records in, records out.
 */
package org.fedbiot.aggregator;
