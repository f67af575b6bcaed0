package org.fedbiot.worker;

/** Told when a worker stops because it cannot go on: a broker that refuses, a defect, memory that ran out. */
@FunctionalInterface
public interface FailureListener {

    /**
     * Called once, from one of the worker's threads, which ends after it.
     *
     * @param process the worker's name
     * @param cause why it stopped
     */
    void failed(String process, Throwable cause);
}
