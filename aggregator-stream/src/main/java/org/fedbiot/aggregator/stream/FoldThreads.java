package org.fedbiot.aggregator.stream;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutorService;

/**
 * Who folds, for all tasks of a process.
 *
 * @param workers whoever made them closes them
 * @param patience what a task waits for its folds after a record, inside a transaction that all tasks of its thread
 *     share: well below the time that it may last, divided among the tasks
 * @param window in which it waits no longer than that, however many records come
 * @param spoolDirectory for differences that a fold reads more than once
 */
record FoldThreads(ExecutorService workers, Duration patience, Duration window, Path spoolDirectory) {

    FoldThreads {
        Objects.requireNonNull(workers, "workers");
        Objects.requireNonNull(window, "window");
        Objects.requireNonNull(spoolDirectory, "spoolDirectory");
        if (patience.isNegative()) {
            throw new IllegalArgumentException("patience must not be negative: " + patience);
        }
    }
}
