package org.fedbiot.schemas.topic;

/** Who a process is. */
public enum Role {
    OPERATOR,
    COORDINATOR,
    AGGREGATOR,
    SERVER_WORKER,
    CLIENT,
    REGISTRY
}
