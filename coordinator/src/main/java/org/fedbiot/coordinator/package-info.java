/**
 * Decides: a pure state machine over events. {@link org.fedbiot.coordinator.Coordinator} turns inputs into decisions
 * and folds decisions into state; there is no Kafka, clock or randomness in here.
 */
package org.fedbiot.coordinator;
