/**
 * The Kafka edge that the runtimes share: settings that are right by default, sends that cannot fail unseen, and
 * reads of whole topics without a consumer group.
 */
package org.fedbiot.schemas.client;
