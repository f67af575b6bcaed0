package org.fedbiot.observer;

import java.util.List;

/**
 * One opening of a round.
 *
 * @param attempt from 1
 * @param called client ids, in the order of the announcement
 * @param announcedDeadlineMillis with which it was opened
 * @param extensions by which the deadline was put off, in order
 * @param deadlineReachedMillis when the coordinator took the deadline for passed, 0 if it did not
 */
public record AttemptPicture(
        int attempt,
        long openedMillis,
        List<String> called,
        long announcedDeadlineMillis,
        List<Extension> extensions,
        long deadlineReachedMillis) {

    /** The deadline is put off for clients that moved. */
    public record Extension(long atMillis, long deadlineMillis, List<String> waitingFor) {

        public Extension {
            waitingFor = List.copyOf(waitingFor);
        }
    }

    public AttemptPicture {
        called = List.copyOf(called);
        extensions = List.copyOf(extensions);
    }

    /** The deadline that holds. */
    public long deadlineMillis() {
        return extensions.isEmpty() ? announcedDeadlineMillis : extensions.get(extensions.size() - 1).deadlineMillis();
    }
}
