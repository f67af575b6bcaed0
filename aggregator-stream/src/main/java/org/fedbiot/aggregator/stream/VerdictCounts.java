package org.fedbiot.aggregator.stream;

import java.util.concurrent.atomic.LongAdder;

/** Verdicts of this process since its start, over all tasks: for people, nothing is decided by them. */
final class VerdictCounts {

    private final LongAdder accepted = new LongAdder();
    private final LongAdder rejected = new LongAdder();

    void countAccepted() {
        accepted.increment();
    }

    void countRejected() {
        rejected.increment();
    }

    @Override
    public String toString() {
        return accepted.sum() + " accepted, " + rejected.sum() + " rejected";
    }
}
