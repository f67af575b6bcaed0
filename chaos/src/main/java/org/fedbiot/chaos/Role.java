package org.fedbiot.chaos;

import java.util.Locale;

/** What can be killed. */
enum Role {
    BROKER,
    COORDINATOR,
    AGGREGATOR,
    SERVER_WORKER,
    CLIENT;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
